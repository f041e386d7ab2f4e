import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cachedAssembly } from '../assembly-cache.ts';
import { stageSettings } from '../cdk-context.ts';
import { startConsole } from '../console/console.ts';
import { allFaults } from '../faults/all-faults.ts';
import { turnableClock } from '../local/clock/turnable-clock.ts';
import { privateDirectory } from '../local/data-dir.ts';
import { interceptors } from '../local/intercept.ts';
import { type LocalStack, startLocalStack } from '../local/start.ts';
import { localPlatform } from '../platform/local-platform.ts';
import { secretPrefixOf, webhookSecretPrefixOf } from '../platform/names.ts';
import type { Platform } from '../platform/platform.ts';
import { resourceSchedules } from '../resource-schedules.ts';
import { causeFault } from './cause-fault.ts';
import { exportRecords } from './export-records.ts';
import { firstSync } from './first-sync.ts';
import { eventTeller, narrateRuns, notificationTeller } from './narrate.ts';
import { defaultDataDir } from './options.ts';
import type { RealAccount } from './real-account.ts';
import { say } from './say.ts';
import { startSimulatedAccount } from './simulated-account.ts';
import type { StartOptions } from './start-options.ts';
import { stopSignal } from './stop-signal.ts';
import { formatReport, type ResourceReport } from './sync-report.ts';

const stage = 'dev';
/** How often something happens in the simulated company. */
const tickMs = 15_000;
/** For the last events of a sync to be published. */
const maxEventsWaitMs = 30_000;

/**
 * Runs the whole platform in this process: mirrors one account, and goes on until it is told to stop.
 *
 * @param tell takes what a person reads meanwhile
 * @returns the exit code
 */
export async function mirror(
  options: StartOptions & { readonly port: number },
  real: RealAccount | undefined,
  tell: (line: string) => void,
): Promise<number> {
  const account = real?.name ?? 'acme';
  // A fault may turn the clock by weeks; what is stored then would be of the future for every start after it.
  const isForFault = options.fault !== undefined;
  const dataDir = resolve(options.data, isForFault ? `${account}-fault` : account);
  if (options.fresh || isForFault) rmSync(dataDir, { recursive: true, force: true });

  // What was made before directories were closed to others.
  if (options.data === defaultDataDir) privateDirectory(options.data);
  await using cleanup = new AsyncDisposableStack();
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
  cleanup.defer(() => simulated?.stop());
  if (simulated !== undefined) tell(`Rentvine is simulated at ${simulated.simulator.baseUrl(account)}.`);

  const assemblyDir = await cachedAssembly({
    context: { stage },
    onSynthesis: () => tell('Synthesizing the CDK app, whose sources have changed …'),
  });
  tell('Starting tables, queues, functions and the other services …');
  let isGoingOn = false;
  const onlyThen =
    <T>(teller: (what: T) => void) =>
    (what: T) => {
      if (isGoingOn) teller(what);
    };
  const webhookSecret = (real ?? simulated)?.webhookSecret;
  const { intercept, add: addInterceptor } = interceptors();
  const stack = await startLocalStack({
    assemblyDir,
    clock,
    intercept,
    dataDir,
    port: options.port,
    schedules: false,
    secrets: {
      [secretPrefixOf(stage) + account]: real?.secret ?? simulated?.secret ?? '',
      ...(webhookSecret !== undefined && { [webhookSecretPrefixOf(stage) + account]: webhookSecret }),
    },
    onEvent: onlyThen(eventTeller(() => clock.now(), tell)),
    onNotification: onlyThen(notificationTeller(tell)),
  });
  cleanup.defer(() => stack.stop());
  const platform = localPlatform(stack);
  cleanup.defer(() => platform.close());
  const signal = stopSignal();
  const schedules = resourceSchedules(stageSettings(stage));
  const console = options.once ? undefined : await startConsole({ stack, schedules });
  cleanup.defer(() => console?.stop());
  if (console !== undefined) tell(`The console is at ${console.url}`);

  const reports = await Promise.race([firstSync(platform, account, options, () => stack.idle()), aborted(signal)]);
  if (reports === undefined) return 130;
  await report(stack, platform, account, options, reports, tell);
  if (options.once) return reports.every(({ status }) => status === 'succeeded') ? 0 : 1;

  isGoingOn = true;
  const webhookUrl = await platform.webhookUrl(account);
  simulated?.sendWebhooksTo(webhookUrl);
  tell(
    `\nWebhooks are taken at ${webhookUrl}, AWS services are at ${stack.endpoint},\nwith the access-key id in ${join(dataDir, 'endpoint.json')} and any secret key.`,
  );
  tell(`Going on: schedules tick, changes are told here, and ${console?.url} is the console. Ctrl-C stops.`);
  stack.playSchedules();
  // Its schedule would first come by in some hours.
  await stack.fireSchedule(platform.nameOf('business-report'));
  if (simulated !== undefined) {
    const ticking = setInterval(() => simulated.tick(), tickMs);
    cleanup.defer(() => clearInterval(ticking));
    const fault = allFaults.find(({ name }) => name === options.fault);
    if (fault !== undefined) {
      causeFault(fault, { stack, platform, clock, simulated, intercept: addInterceptor, tell }).catch(
        (error: unknown) => tell(`That did not work: ${error instanceof Error ? error.message : error}`),
      );
    }
  }
  await narrateRuns(platform, account, signal, tell);
  tell('Stopping.');
  return 0;
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((done) => signal.addEventListener('abort', () => done(undefined), { once: true }));

async function report(
  stack: LocalStack,
  platform: Platform,
  account: string,
  options: StartOptions,
  reports: readonly ResourceReport[],
  tell: (line: string) => void,
): Promise<void> {
  await Promise.race([stack.idle(), delay(maxEventsWaitMs, undefined, { ref: false })]);
  if (options.export !== undefined) {
    for (const { resource } of reports) await exportRecords(platform.records, { account, resource }, options.export);
    tell(`Wrote ${reports.length} files to ${options.export}.`);
  }
  const events = stack.busEvents().count;
  if (options.json) say(JSON.stringify({ account, resources: reports, events }));
  else say(`\n${formatReport(reports)}\n\n${events} change events were published.`);
}
