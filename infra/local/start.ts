import { join, resolve } from 'node:path';
import * as z from 'zod';
import { systemClock } from './clock/clock.ts';
import { readAssembly } from './cloudformation/assembly.ts';
import { buildModel } from './cloudformation/stack-model.ts';
import { type AwsMetrics, awsMetrics } from './cloudwatch/aws-metrics.ts';
import { startCloudWatch } from './cloudwatch/cloudwatch.ts';
import { type MetricStore, metricStore } from './cloudwatch/metric-store.ts';
import { observedIntercept } from './cloudwatch/observed-intercept.ts';
import { claimDataDir } from './data-dir.ts';
import { startDynamoDb } from './dynamodb/dynamodb.ts';
import { startEventBridge } from './eventbridge/eventbridge.ts';
import { startGateway } from './gateway.ts';
import { startHttpApi } from './http-api/http-api.ts';
import { type LocalAccess, localEnvironment, localIdentity, newAccessKeyId } from './identity.ts';
import { untilIdle } from './idle.ts';
import { startLambda } from './lambda/lambda.ts';
import type { LocalService, LocalWorld } from './local-service.ts';
import type { LocalStack, LocalStackOptions } from './local-stack.ts';
import { startScheduler } from './scheduler/scheduler.ts';
import { startSecrets } from './secrets/secrets.ts';
import { startSqs } from './sqs/sqs.ts';
import { stateFile } from './state-file.ts';

export type { LocalResource, LocalStack, LocalStackOptions } from './local-stack.ts';

const { region, accountId } = localIdentity;
/** A turn of the clock does not wait longer than this for functions to end: one may well be made to hang. */
const maxTurnMs = 60_000;

/**
 * The table of services, by the name of their endpoint; each after those that it uses.
 *
 * @param add is told of each at once, so that what was started can be closed whatever happens to the next
 */
async function startServices(
  world: LocalWorld,
  options: LocalStackOptions,
  more: {
    readonly assets: ReadonlyMap<string, string>;
    readonly store: MetricStore;
    readonly measured: AwsMetrics;
    readonly access: LocalAccess;
  },
  add: <Service extends LocalService>(service: Service) => Service,
) {
  const dynamodb = add(startDynamoDb(world));
  const sqs = add(startSqs(world));
  const secretsmanager = add(startSecrets(world));
  const { store, measured } = more;
  const { onNotification } = options;
  const cloudwatch = add(startCloudWatch(world, { store, measured, queues: sqs.all, onNotification }));
  const lambda = add(
    startLambda(
      world,
      { sqs, dynamodb, measured },
      {
        ...options,
        assets: more.assets,
        environment: { ...localEnvironment(more.access), ...options.environment },
        concurrency: options.concurrency ?? 10,
        graceMs: options.stopGraceMs ?? 2000,
        onLog(line) {
          options.onLog?.(line);
          if (line.stream === 'stdout') cloudwatch.readLine(line.text);
        },
      },
    ),
  );
  const events = add(startEventBridge(world, { sqs, lambda }, options.onEvent));
  const scheduler = add(startScheduler(world, { sqs, lambda }));
  const apigateway = add(await startHttpApi(world, { lambda, measured }, options.port ?? 0));
  return { dynamodb, sqs, secretsmanager, cloudwatch, lambda, events, scheduler, apigateway };
}

/**
 * Runs the stacks of a cloud assembly on this machine: tables, queues, secrets, event buses, schedules, an HTTP API and
 * functions, with the AWS APIs that reach them on one endpoint. Functions run from the bundles that would be deployed.
 *
 * @throws ConfigurationError for a resource or setting that it does not support, naming the resource, and when another
 * process runs on `dataDir`
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { clock = systemClock } = options;
  const assembly = readAssembly(resolve(options.assemblyDir));
  const dataDir = options.dataDir ? resolve(options.dataDir) : undefined;
  const store = metricStore(clock.now());
  const measured = awsMetrics(store, clock);
  const intercept = observedIntercept(options.intercept, measured);

  /** What was started, oldest first. */
  const started: { close(): void | Promise<void> }[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      for (const each of started.reverse()) await each.close();
    })();
    return stopping;
  };

  try {
    const claim = dataDir ? claimDataDir(dataDir) : undefined;
    if (claim) started.push({ close: () => claim.release() });
    const path = (name: string): string | undefined => (dataDir ? join(dataDir, name) : undefined);
    const accessKey = stateFile(path('access-key.json'), z.string(), newAccessKeyId());
    accessKey.save();
    const gateway = await startGateway(accessKey.value, intercept);
    started.push(gateway);
    const access: LocalAccess = { endpoint: gateway.url, accessKeyId: accessKey.value };
    const { endpoint } = access;
    const world: LocalWorld = { region, accountId, endpoint, clock, intercept, path };
    const services = await startServices(
      world,
      options,
      { assets: assembly.assets, store, measured, access },
      (service) => {
        started.push(service);
        return service;
      },
    );
    const { cloudwatch, lambda, scheduler, apigateway } = services;
    for (const [name, value] of Object.entries(options.secrets ?? {})) services.secretsmanager.put(name, value);

    const model = buildModel(assembly, { region, accountId, endpoint, apiUrl: apigateway.url });
    const table: readonly LocalService[] = Object.values(services);
    for (const service of table) await service.provision(model.resources);
    gateway.serve(services);
    if (options.schedules ?? true) scheduler.play();

    const hasApi = model.resources.some(({ type }) => type === 'AWS::ApiGatewayV2::Api');
    const apiUrl = hasApi ? apigateway.url : undefined;
    const publish = (): void =>
      claim?.publish({ ...access, apiUrl, outputs: { ...model.outputs }, aheadMs: Number(clock.aheadMs?.[0] ?? 0) });
    publish();

    const isIdle = (waiting: boolean): boolean => table.every((service) => service.idle?.(waiting) ?? true);
    const evaluateAlarms = async (): Promise<void> => {
      await lambda.written();
      cloudwatch.evaluate();
    };
    const leaveClock = clock.onTurn?.({
      turned: publish,
      async settled() {
        await untilIdle(() => isIdle(false), { times: 4, maxWaitMs: maxTurnMs });
        await evaluateAlarms();
      },
    });
    started.push({ close: () => leaveClock?.() });

    return {
      ...access,
      apiUrl,
      region,
      accountId,
      outputs: model.outputs,
      now: () => clock.now(),
      resources: (type) => model.resources.filter((resource) => type === undefined || resource.type === type),
      async invoke(nameOrPath, payload) {
        const pool = lambda.find(nameOrPath);
        const outcome = await pool.invoke(JSON.stringify(payload ?? {}));
        await pool.written();
        return outcome.ok ? { payload: JSON.parse(outcome.payload) } : { error: outcome.error };
      },
      playSchedules: () => scheduler.play(),
      fireSchedule: (name) => scheduler.fire(name),
      setSchedule: (name, enabled) => scheduler.setEnabled(name, enabled),
      setEventSources: (nameOrPath, enabled) => lambda.setEventSources(nameOrPath, enabled),
      busEvents: () => services.events.seen(),
      async idle() {
        await untilIdle(() => isIdle(true), { times: 2 });
        await lambda.written();
      },
      queueDepths: () => Object.fromEntries(services.sqs.all().map((queue) => [queue.name, queue.depth()])),
      alarms: () => cloudwatch.alarms(),
      evaluateAlarms,
      notifications: () => cloudwatch.notifications(),
      metricData: (query) => cloudwatch.metricData(query),
      servePages: (pages) => apigateway.servePages(pages),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
