import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError, PlatformError } from '../../shared/errors.ts';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import type { Collection } from '../../shared/store/records.ts';
import { isFinished, type Run, readRun } from '../../shared/store/runs.ts';
import { readSyncState } from '../../shared/store/sync-state.ts';
import { cdkJsonContext } from '../cdk-context.ts';
import { type Console, startConsole } from '../console/console.ts';
import { allFaults } from '../faults/all-faults.ts';
import { turnableClock } from '../local/clock/turnable-clock.ts';
import { type LocalStack, startLocalStack } from '../local/start.ts';
import { resourceSchedules } from '../resource-schedules.ts';
import { readSettings } from '../settings.ts';
import { synthesize } from '../synth.ts';
import { causeFault, interceptors } from './cause-fault.ts';
import { type Core, coreOf } from './core-tables.ts';
import { exportRecords } from './export-records.ts';
import { type FollowedRun, followRuns } from './follow-runs.ts';
import { eventTeller, goOn } from './go-on.ts';
import { showProgress } from './progress.ts';
import { startSimulatedAccount } from './simulated-account.ts';
import { readRealAccount, readStartOptions, type StartOptions, startHelp } from './start-options.ts';
import { formatReport, type ResourceReport, reportOf } from './sync-report.ts';
import { notificationTeller } from './tell-notifications.ts';

const stage = 'dev';
/** Longest wait for the last events after a sync. */
const settleMs = 30_000;

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function main(): Promise<number> {
  const options = readStartOptions(process.argv.slice(2));
  if (options.help) {
    console.log(startHelp);
    return 0;
  }
  const real = readRealAccount(process.env);
  const name = real?.name ?? 'acme';
  if (real !== undefined && options.fault !== undefined) {
    throw new ConfigurationError('--fault is for the simulated account; a real one is left alone.');
  }
  // A fault may turn the clock by weeks; what is stored then would be of the future for every start after it.
  const isForFault = options.fault !== undefined;
  const dataDir = resolve(options.data, isForFault ? `${name}-fault` : name);
  if (options.fresh || isForFault) rmSync(dataDir, { recursive: true, force: true });

  const clock = turnableClock();
  const simulated =
    real === undefined
      ? await startSimulatedAccount({
          size: options.size,
          latencyMs: options['latency-ms'],
          historyFile: join(dataDir, 'simulated-company.json'),
          now: () => clock.now().getTime(),
        })
      : undefined;
  const secret = real?.secret ?? simulated?.secret ?? '';
  tell(
    simulated === undefined
      ? `Mirroring the Rentvine account ${name}.`
      : `Mirroring ${name}, a simulated Rentvine account at ${simulated.simulator.baseUrl(name)}.`,
  );
  let isGoingOn = false;
  const tellEvent = eventTeller(tell);
  const tellNotification = notificationTeller(tell);
  const assemblyDir = synthesize({ outdir: 'cdk.out', context: { stage } });
  const { intercept, add: addInterceptor } = interceptors();
  const stack = await startLocalStack({
    assemblyDir,
    clock,
    intercept,
    dataDir,
    port: options.port,
    schedules: false,
    secrets: { [`aictive/${stage}/rentvine/${name}`]: secret },
    onEvent: (event) => {
      if (isGoingOn) tellEvent(event);
    },
    onNotification: (notification) => {
      if (isGoingOn) tellNotification(notification);
    },
  });
  const stopped = new AbortController();
  const interrupt = () => (stopped.signal.aborted ? process.exit(130) : stopped.abort());
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  let page: Console | undefined;
  try {
    if (!options.once) {
      const context: Record<string, unknown> = { ...cdkJsonContext(), stage };
      const schedules = resourceSchedules(readSettings((key) => context[key]));
      page = await startConsole({ stack, stage, schedules, clock });
      tell(`The console is at ${page.url}`);
    }
    const core = coreOf(stack.outputs[`aictive-${stage}-core`], clientConfig(stack));
    const reports = await Promise.race([syncOnce(stack, core, name, options), aborted(stopped.signal)]);
    if (reports === undefined) return 130;
    await report(stack, core, name, options, reports);
    const succeeded = reports.every(({ status }) => status === 'succeeded');
    if (options.once) return succeeded ? 0 : 1;

    isGoingOn = true;
    if (stack.apiUrl !== undefined) {
      const webhookUrl = `${stack.apiUrl}/webhooks/rentvine/${name}`;
      simulated?.sendWebhooksTo(webhookUrl);
      tell(`\nWebhooks are taken at ${webhookUrl}.`);
    }
    tell(`\nGoing on: schedules tick, and changes are told here. AWS services are at ${stack.endpoint}. Ctrl-C stops.`);
    if (page !== undefined) tell(`The console is at ${page.url}`);
    stack.playSchedules();
    // Its schedule would first come by in some hours.
    await stack.fireSchedule(`aictive-${stage}-business-report`);
    const fault = allFaults.find((each) => each.name === options.fault);
    if (fault !== undefined && simulated !== undefined) {
      const { state, plannerName } = core;
      causeFault(fault, { stack, state, plannerName, clock, simulated, intercept: addInterceptor, tell }).catch(
        (error: unknown) => tell(`That did not work: ${error instanceof Error ? error.message : error}`),
      );
    }
    await goOn({ state: core.state, account: name, tick: () => simulated?.tick(), signal: stopped.signal, tell });
    tell('Stopping.');
    return 0;
  } finally {
    page?.stop();
    await stack.stop();
    await simulated?.stop();
  }
}

const clientConfig = (stack: LocalStack) => ({
  endpoint: stack.endpoint,
  region: stack.region,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((done) => signal.addEventListener('abort', () => done(undefined), { once: true }));

/** Asks for one run of every resource, as a schedule's tick would, and follows them to their end. */
async function syncOnce(
  stack: LocalStack,
  core: Core,
  account: string,
  options: StartOptions,
): Promise<ResourceReport[]> {
  const names = options.resources ?? resources.map((resource) => resource.name);
  const activeOnly = options['active-only'];
  const scheduledAt = new Date().toISOString();
  const asked: { followed: FollowedRun; mode: string }[] = [];
  for (const resource of names) {
    const collection = { account, resource };
    const state = await readSyncState(core.state, collection);
    const interrupted = await interruptedRun(core, collection, state.activeRunId);
    const isKept = state.fullStartedAt !== undefined || interrupted?.mode === 'full';
    const mode = options.mode ?? (isKept && !activeOnly ? 'incremental' : 'full');
    const correlationId = crypto.randomUUID();
    const request = { resource, mode, scheduledAt, correlationId, activeOnly, accounts: [account] };
    const { payload, error } = await stack.invoke(core.plannerName, request);
    const [job] = Array.isArray(payload) ? payload : [];
    if (error !== undefined || job === undefined) {
      throw new Error(`The planner failed: ${error?.errorMessage ?? 'it planned no job'}`);
    }
    // What a killed process left is finished by whichever job comes first, so that is the run to tell about.
    const goesOn = interrupted !== undefined && options.mode === undefined && !activeOnly;
    asked.push({ followed: goesOn ? { ...job, runId: interrupted.runId } : job, mode });
  }
  const runs = await followRuns(
    core.state,
    asked.map(({ followed }) => followed),
    () => stack.idle(),
    showProgress(process.stderr),
  );
  return runs.map((followed, index) => reportOf(followed, asked[index]?.mode ?? 'full'));
}

/** The run that an earlier process was in the middle of, if there is one to go on with. */
async function interruptedRun(core: Core, collection: Collection, runId: string | undefined): Promise<Run | undefined> {
  const run = runId === undefined ? undefined : await readRun(core.state, collection, runId);
  return run === undefined || isFinished(run) ? undefined : run;
}

async function report(
  stack: LocalStack,
  core: Core,
  account: string,
  options: StartOptions,
  reports: readonly ResourceReport[],
): Promise<void> {
  await Promise.race([stack.idle(), delay(settleMs, undefined, { ref: false })]);
  if (options.export !== undefined) {
    for (const { resource } of reports) await exportRecords(core.records, { account, resource }, options.export);
    tell(`Wrote ${reports.length} files to ${options.export}.`);
  }
  const events = stack.busEvents().count;
  if (options.json) console.log(JSON.stringify({ account, resources: reports, events }));
  else console.log(`\n${formatReport(reports)}\n\n${events} change events were published.`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof PlatformError)) throw error;
  tell(error.message);
  process.exitCode = 2;
}
