import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readHttpApi } from './api-definition.ts';
import { readAssembly } from './assembly.ts';
import { asyncInvocations } from './async-invocations.ts';
import { AwsError } from './aws-error.ts';
import { claimDataDir } from './data-dir.ts';
import { startDynamoDb } from './dynamodb.ts';
import { type BusEvent, startEventBuses } from './event-bus.ts';
import { startEventSource } from './event-sources.ts';
import { readFunction } from './functions.ts';
import { type Intercept, startGateway } from './gateway.ts';
import { type LocalHttpApi, startHttpApi } from './http-api.ts';
import { readInvokeConfigs } from './invoke-configs.ts';
import type { FunctionError } from './lambda-messages.ts';
import { type FunctionPool, functionPool, type InvocationOutcome } from './lambda-pool.ts';
import { provisionStorage } from './provision.ts';
import type { EventSource } from './queue-mapping.ts';
import { type QueueDepth, type RawReply, startQueues } from './queues.ts';
import { type Naming, unqualifiedArn } from './resource-types.ts';
import { type Destinations, readRule, readSchedule } from './routing.ts';
import { type Clock, createScheduler, systemClock } from './scheduler.ts';
import { startSecrets } from './secrets.ts';
import { buildModel, httpApiIds, type Resource } from './stack-model.ts';

export interface LocalStackOptions {
  /** Directory that `cdk synth` wrote. */
  readonly assemblyDir: string;
  /** Names of the stacks to run, with what they depend on; all by default. */
  readonly stacks?: readonly string[];
  /** Directory for everything that shall survive the process; in memory when absent. */
  readonly dataDir?: string;
  /** Port of the first HTTP API; any free one by default. */
  readonly port?: number;
  /** Added to the environment of every function; wins over the template. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Secrets to create or update at the start, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Whether schedules fire by themselves; true by default. */
  readonly schedules?: boolean;
  readonly clock?: Clock;
  /** Most environments of one function at once; 10 by default. Less when it reserves less. */
  readonly concurrency?: number;
  /** How long `stop` lets running invocations finish, in milliseconds; 2,000 by default. */
  readonly stopGraceMs?: number;
  /** Every line that a function writes. */
  readonly onLog?: (line: { functionName: string; stream: 'stdout' | 'stderr'; text: string }) => void;
  /** Every event that an event bus accepted. */
  readonly onEvent?: (event: BusEvent & { readonly bus: string }) => void;
  /** Fault injection in front of the local services. */
  readonly intercept?: Intercept;
  /**
   * Called at the start of each invocation; `kill` ends its environment as a crash would, and answers whether the
   * invocation was still running.
   */
  readonly invocation?: (info: { functionName: string; requestId: string; payload: unknown; kill(): boolean }) => void;
  /** Called at the end of each invocation, however it ended. */
  readonly invoked?: (info: { functionName: string; requestId: string; durationMs: number }) => void;
}

export interface LocalResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly constructPath: string;
  readonly physicalId: string;
  readonly type: string;
}

export interface LocalStack {
  /** The one URL of all local AWS services. */
  readonly endpoint: string;
  /** URL of the first HTTP API; undefined when the assembly has none. */
  readonly apiUrl: string | undefined;
  readonly region: string;
  readonly accountId: string;
  /** With these variables any AWS SDK client reaches the local services. */
  readonly environment: Readonly<Record<string, string>>;
  /** By stack and name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  resources(type?: string): LocalResource[];
  /**
   * Invokes a function and waits for its answer.
   *
   * @param nameOrPath its name, ARN, logical id or construct path
   */
  invoke(nameOrPath: string, payload: unknown): Promise<{ payload?: unknown; error?: FunctionError }>;
  /** Starts playing the schedules, where the stack was started with `schedules: false`. */
  playSchedules(): void;
  /** Fires a schedule now, enabled or not; resolves when its target took the input. */
  fireSchedule(name: string): Promise<void>;
  /** The newest events of all buses (10,000 at most), and how many there were. */
  busEvents(): { count: number; events: readonly (BusEvent & { readonly bus: string })[] };
  /** Removes items whose time to live has passed; happens by itself every minute. Returns how many. */
  removeExpiredItems(): Promise<number>;
  /** Resolves when nothing runs and no queue or stream that a function consumes holds work, in flight included. */
  idle(): Promise<void>;
  /** By queue name. */
  queueDepths(): Record<string, QueueDepth>;
  /** Stops everything; what has a data directory goes on from there at the next start. */
  stop(): Promise<void>;
}

const region = 'us-east-1';
const accountId = '000000000000';
const expiryIntervalMs = 60_000;
const idleCheckMs = 5;

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
  const { intercept, schedules: playSchedules = true, stopGraceMs = 2000 } = options;
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
      const api = await startHttpApi(apis.size === 0 ? (options.port ?? 0) : 0);
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

    const environment = {
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
    };

    const logs = new Map<string, WriteStream>();
    undo.push(() => {
      for (const log of logs.values()) log.end();
    });
    const log = (line: { functionName: string; stream: 'stdout' | 'stderr'; text: string }): void => {
      options.onLog?.(line);
      if (!dataDir) return;
      const file =
        logs.get(line.functionName) ??
        createWriteStream(join(dataDir, 'logs', `${line.functionName}.log`), { flags: 'a' });
      logs.set(line.functionName, file);
      file.write(`${line.text}\n`);
    };

    const pools = new Map<string, FunctionPool>();
    const deadLetterArns = new Map<string, string>();
    const sources: EventSource[] = [];
    let ended: Promise<unknown> = Promise.resolve();
    undo.push(async () => {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      await ended;
    });
    const hooks = {
      onLog: log,
      onStart: (info: { functionName: string; requestId: string; payload: string; kill(): boolean }) =>
        options.invocation?.({ ...info, payload: JSON.parse(info.payload) }),
      onEnd: (info: { functionName: string; requestId: string; durationMs: number }) => options.invoked?.(info),
    };
    for (const resource of ofType('AWS::Lambda::Function')) {
      const { definition, deadLetterArn } = readFunction(resource, {
        assets: assembly.assets,
        codeDir,
        environment: { ...environment, ...options.environment },
        concurrency: options.concurrency ?? 10,
      });
      pools.set(definition.arn, functionPool(definition, hooks));
      if (deadLetterArn) deadLetterArns.set(definition.arn, deadLetterArn);
    }
    const poolOf = (nameOrArn: string): FunctionPool | undefined =>
      pools.get(unqualifiedArn(nameOrArn)) ??
      pools.get(`arn:aws:lambda:${region}:${accountId}:function:${nameOrArn.split(':')[0]}`);

    const invokeConfigs = readInvokeConfigs(model.resources, { queues, poolOf, deadLetterArns });
    const asyncs = asyncInvocations((url, body, attributes) => queues.send(url, body, { attributes }));
    undo.push(async () => {
      const giveUpAt = Date.now() + stopGraceMs;
      const running = (): boolean => [...pools.values()].some((pool) => pool.active() > 0);
      while (running() && Date.now() < giveUpAt) await delay(idleCheckMs);
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
    const buses = startEventBuses({ region, accountId, onEvent: (event) => options.onEvent?.(event) });
    for (const bus of ofType('AWS::Events::EventBus')) buses.createBus(bus.physicalId);
    for (const resource of ofType('AWS::Events::Rule')) {
      const rule = readRule(resource, destinations);
      if (rule) buses.addRule(rule);
    }
    const scheduler = createScheduler({ path: within('schedules.json'), clock: options.clock ?? systemClock });
    undo.push(() => scheduler.stop());
    for (const resource of ofType('AWS::Scheduler::Schedule')) scheduler.add(readSchedule(resource, destinations));

    for (const resource of ofType('AWS::ApiGatewayV2::Api')) {
      apis.get(resource.physicalId)?.serve(readHttpApi(resource, model.resources, { accountId, poolOf }));
    }

    async function invokeRequest(name: string, type: string, payload: string): Promise<RawReply> {
      const pool = poolOf(name);
      if (!pool) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'x-amz-executed-version': '$LATEST',
      };
      if (type === 'DryRun') return { status: 204, headers, body: '' };
      if (type === 'Event') {
        acceptAsync(pool, payload);
        return { status: 202, headers, body: '' };
      }
      const outcome = await pool.invoke(payload);
      if (outcome.ok) return { status: 200, headers, body: outcome.payload };
      return {
        status: 200,
        headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
        body: JSON.stringify(outcome.error),
      };
    }

    gateway.serve({
      dynamodb: (operation, body) => dynamodb.execute(operation, body),
      secretsmanager: (operation, body) => secrets.execute(operation, body),
      events: (operation, body) => buses.execute(operation, body),
      sqs: (headers, body) => queues.sqs(headers, body),
      sns: (headers, body) => queues.sns(headers, body),
      invoke: invokeRequest,
    });

    undo.push(() => {
      ended = Promise.all(sources.map((source) => source.stop()));
    });
    for (const resource of ofType('AWS::Lambda::EventSourceMapping')) {
      const source = await startEventSource(resource, { queues, dynamodb, region, poolOf });
      if (source) sources.push(source);
    }

    // Whatever keeps a sweep from ending, the next one makes up for it.
    const expiry = setInterval(() => void dynamodb.removeExpired().catch(() => undefined), expiryIntervalMs);
    expiry.unref();
    undo.push(() => clearInterval(expiry));
    if (playSchedules) scheduler.start();

    const apiUrl = apis.values().next().value?.url;
    claim?.publish({ endpoint, ...(apiUrl ? { apiUrl } : {}), outputs: structuredClone({ ...model.outputs }) });

    const busy = (): boolean =>
      asyncs.active() + scheduler.active() + buses.active() > 0 ||
      [...pools.values()].some((pool) => pool.active() > 0) ||
      sources.some((source) => !source.idle());

    return {
      endpoint,
      apiUrl,
      region,
      accountId,
      environment,
      outputs: model.outputs,
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
        const named = ofType('AWS::Lambda::Function').find(
          ({ logicalId, constructPath }) =>
            logicalId === nameOrPath || constructPath === nameOrPath || constructPath === `${nameOrPath}/Resource`,
        );
        const pool = poolOf(named?.physicalId ?? nameOrPath);
        if (!pool) throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrPath}`, 404);
        return asResult(await pool.invoke(JSON.stringify(payload ?? {})));
      },
      playSchedules: () => scheduler.start(),
      fireSchedule: (name) => scheduler.fire(name),
      busEvents: () => buses.seen(),
      removeExpiredItems: () => dynamodb.removeExpired(),
      async idle() {
        // Twice: an answer that was just given may be about to become the next piece of work.
        for (let quiet = 0; quiet < 2; quiet += 1) {
          if (busy()) quiet = -1;
          await delay(idleCheckMs);
        }
      },
      queueDepths: () => Object.fromEntries(queues.all().map((queue) => [queue.name, queue.depth()])),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
