import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, systemClock } from './clock/clock.ts';
import { readAssembly } from './cloudformation/assembly.ts';
import type { Naming } from './cloudformation/resource-types.ts';
import { buildModel, httpApiIds, type Resource } from './cloudformation/stack-model.ts';
import { awsMetrics } from './cloudwatch/aws-metrics.ts';
import { startCloudWatch } from './cloudwatch/local-cloudwatch.ts';
import { metricStore } from './cloudwatch/metric-store.ts';
import { observedIntercept } from './cloudwatch/observed-intercept.ts';
import { claimDataDir } from './data-dir.ts';
import { startDeliveries } from './deliveries.ts';
import { startDynamoDb } from './dynamodb/dynamodb.ts';
import type { Destinations } from './eventbridge/routing.ts';
import { startGateway } from './gateway.ts';
import { readHttpApi } from './http-api/api-definition.ts';
import { type LocalHttpApi, startHttpApi } from './http-api/http-api.ts';
import { localEnvironment, localIdentity } from './identity.ts';
import { idleness } from './idle.ts';
import { asyncInvocations } from './lambda/async-invocations.ts';
import { functionHooks } from './lambda/function-hooks.ts';
import { functionLogs } from './lambda/function-logs.ts';
import type { FunctionPool, InvocationOutcome } from './lambda/function-pool.ts';
import { startFunctionPools } from './lambda/function-pools.ts';
import { readInvokeConfigs } from './lambda/invoke-configs.ts';
import { startMappings } from './lambda/mappings.ts';
import type { FunctionError } from './lambda/messages.ts';
import type { LocalStack, LocalStackOptions } from './local-stack.ts';
import { provisionStorage } from './provision.ts';
import { startSecrets } from './secrets/secrets.ts';
import { startQueues } from './sqs/queues.ts';

export type { LocalResource, LocalStack, LocalStackOptions } from './local-stack.ts';

const { region, accountId } = localIdentity;
const expiryIntervalMs = 60_000;
const idleCheckMs = 5;

const aheadMs = (clock: Clock): number => Number(clock.aheadMs?.[0] ?? 0);

function asResult(outcome: InvocationOutcome): { payload?: unknown; error?: FunctionError } {
  return outcome.ok ? { payload: JSON.parse(outcome.payload) } : { error: outcome.error };
}

/**
 * Runs the stacks of a cloud assembly on this machine: tables, queues, secrets, event buses, schedules, HTTP APIs and
 * functions, with the AWS APIs that reach them on one endpoint. Functions run from the bundles that would be deployed.
 *
 * @throws ConfigurationError for a resource or setting that it does not support, naming the resource, and when another
 * process runs on `dataDir`
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { schedules: playSchedules = true, stopGraceMs = 2000, clock = systemClock } = options;
  const store = metricStore(clock.now());
  const measured = awsMetrics(store, clock);
  const intercept = observedIntercept(options.intercept, measured);
  const assembly = readAssembly(resolve(options.assemblyDir), options.stacks);
  const dataDir = options.dataDir ? resolve(options.dataDir) : undefined;
  const within = (name: string): string | undefined => (dataDir ? join(dataDir, name) : undefined);

  /** How to undo what was started, newest last. */
  const undo: (() => void | Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      for (const step of undo.reverse()) await step();
    })();
    return stopping;
  };

  const claim = dataDir ? claimDataDir(dataDir) : undefined;
  if (claim) undo.push(() => claim.release());
  try {
    const codeDir = within('code') ?? mkdtempSync(join(tmpdir(), 'local-stack-'));
    if (!dataDir) undo.push(() => rmSync(codeDir, { recursive: true, force: true }));

    const dynamodb = await startDynamoDb({ path: within('dynamodb'), accountId, region });
    undo.push(() => dynamodb.close());
    const gateway = await startGateway({ accountId, intercept });
    const endpoint = `http://127.0.0.1:${gateway.port}`;
    const queues = startQueues({ dataDir: within('queues'), urlBase: `${endpoint}/${accountId}`, region });
    undo.push(() => queues.close());
    undo.push(() => gateway.close());

    const apis = new Map<string, LocalHttpApi>();
    for (const id of httpApiIds(assembly)) {
      const api = await startHttpApi(apis.size === 0 ? (options.port ?? 0) : 0, measured.apiRequest);
      apis.set(id, api);
      undo.push(() => api.close());
    }
    const naming: Naming = {
      region,
      accountId,
      endpoint,
      apiUrl: (id) => apis.get(id)?.url ?? `http://unknown-api-${id}`,
    };
    const model = buildModel(assembly, naming);
    const ofType = (...types: string[]): Resource[] => model.resources.filter((each) => types.includes(each.type));

    const secrets = startSecrets({ path: within('secrets.json'), region, accountId });
    await provisionStorage(model.resources, { dynamodb, queues, secrets, region });
    for (const [name, value] of Object.entries(options.secrets ?? {})) secrets.put(name, value);

    const cloudwatch = startCloudWatch({
      resources: model.resources,
      store,
      measured,
      clock,
      queues,
      path: within('alarms.json'),
      accountId,
      region,
      ...options,
    });

    const environment = localEnvironment(endpoint);
    const logs = functionLogs(within('logs'));
    undo.push(() => logs.close());
    let ended: Promise<unknown> = Promise.resolve();
    const functions = startFunctionPools(model.resources, {
      assets: assembly.assets,
      codeDir,
      environment: { ...environment, ...options.environment },
      aheadMs: clock.aheadMs,
      concurrency: options.concurrency ?? 10,
      region,
      accountId,
      accept: (pool, payload) => acceptAsync(pool, payload),
      onReserved: measured.concurrencyReserved,
      hooks: functionHooks({ options, logs, measured, readLine: cloudwatch.readLine }),
    });
    const poolOf = functions.of;
    undo.push(async () => {
      await functions.stop();
      await ended;
    });

    const invokeConfigs = readInvokeConfigs(model.resources, {
      queues,
      poolOf,
      deadLetterArns: functions.deadLetterArns,
    });
    const asyncs = asyncInvocations((url, body, attributes) => queues.send(url, body, { attributes }));
    undo.push(async () => {
      const giveUpAt = Date.now() + stopGraceMs;
      while (functions.active() > 0 && Date.now() < giveUpAt) await delay(idleCheckMs);
    });
    undo.push(() => asyncs.stop());
    const acceptAsync = (pool: FunctionPool, payload: string): void =>
      asyncs.accept(pool, invokeConfigs.get(pool.definition.arn) ?? { maximumRetryAttempts: 2 }, payload);

    const destinations: Destinations = {
      queues,
      intercept,
      invokeAsync(arn) {
        const pool = poolOf(arn);
        return pool && ((payload) => acceptAsync(pool, payload));
      },
    };
    const { buses, scheduler } = startDeliveries(model.resources, {
      destinations,
      clock,
      schedulesPath: within('schedules.json'),
      region,
      accountId,
      onEvent: (event) => options.onEvent?.(event),
    });
    undo.push(() => scheduler.stop());

    for (const resource of ofType('AWS::ApiGatewayV2::Api')) {
      apis.get(resource.physicalId)?.serve(readHttpApi(resource, model.resources, { accountId, poolOf }));
    }

    gateway.serve({
      dynamodb: (operation, body) => dynamodb.execute(operation, body),
      secretsmanager: (operation, body) => secrets.execute(operation, body),
      events: (operation, body) => buses.execute(operation, body),
      sqs: (headers, body) => queues.sqs(headers, body),
      sns: (headers, body) => queues.sns(headers, body),
      invoke: (name, type, payload) => functions.answer(name, type, payload),
      describeFunction: (name) => functions.describe(name),
      cloudwatch: (operation, body) => cloudwatch.execute(operation, body),
    });

    const mappings = await startMappings(model.resources, {
      queues,
      dynamodb,
      region,
      poolOf,
      onStreamBatch: measured.streamBatchRead,
    });
    undo.push(() => {
      ended = mappings.stop();
    });

    // Whatever keeps a sweep from ending, the next one makes up for it.
    const expiry = setInterval(() => void dynamodb.removeExpired().catch(() => undefined), expiryIntervalMs);
    expiry.unref();
    undo.push(() => clearInterval(expiry));
    if (playSchedules) scheduler.start();

    const firstApi: LocalHttpApi | undefined = apis.values().next().value;
    const apiUrl = firstApi?.url;
    const publish = (): void =>
      claim?.publish({ endpoint, apiUrl, outputs: { ...model.outputs }, aheadMs: aheadMs(clock) });
    publish();

    const active = (): boolean => asyncs.active() + scheduler.active() + buses.active() + functions.active() > 0;
    const quiet = idleness(active, mappings.idle);
    const evaluateAlarms = async (): Promise<void> => {
      await functions.written();
      await cloudwatch.evaluate();
    };
    const leaveClock = clock.onTurn?.(async (ms) => {
      publish();
      for (const queue of queues.all()) queue.passTime(ms);
      await quiet.ended();
      await evaluateAlarms();
    });
    undo.push(() => leaveClock?.());
    cloudwatch.start();
    undo.push(() => cloudwatch.stop());

    return {
      endpoint,
      apiUrl,
      region,
      accountId,
      environment,
      outputs: model.outputs,
      now: () => clock.now(),
      resources: (type) =>
        model.resources
          .filter((resource) => type === undefined || resource.type === type)
          .map(({ stack, logicalId, constructPath, physicalId, type: kind }) => ({
            stack,
            logicalId,
            constructPath,
            physicalId,
            type: kind,
          })),
      async invoke(nameOrPath, payload) {
        const pool = functions.find(nameOrPath);
        const outcome = await pool.invoke(JSON.stringify(payload ?? {}));
        await pool.written();
        return asResult(outcome);
      },
      playSchedules: () => scheduler.start(),
      fireSchedule: (name) => scheduler.fire(name),
      setSchedule: (name, enabled) => scheduler.setEnabled(name, enabled),
      setEventSources: (nameOrPath, enabled) => mappings.setEnabled(functions.find(nameOrPath).definition.arn, enabled),
      busEvents: () => buses.seen(),
      removeExpiredItems: () => dynamodb.removeExpired(),
      async idle() {
        await quiet.idle();
        await functions.written();
      },
      queueDepths: () => Object.fromEntries(queues.all().map((queue) => [queue.name, queue.depth()])),
      alarms: () => cloudwatch.alarms(),
      evaluateAlarms,
      notifications: () => cloudwatch.notifications(),
      metricData: (query) => cloudwatch.metricData(query),
      servePages: (pages) => firstApi?.servePages(pages),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
