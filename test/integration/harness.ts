import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import * as z from 'zod';
import type { BusEvent } from '../../infra/local/event-bus.ts';
import type { Fault, ServiceRequest } from '../../infra/local/gateway.ts';
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts';
import { type ChangeEvent, changeEventSchema } from '../../shared/change-event.ts';
import type { syncSettingsSchema } from '../../shared/config.ts';
import type { ResourceName } from '../../shared/rentvine/resource.ts';
import { resources } from '../../shared/rentvine/resources/table.ts';
import { allRecords, type StoredRecord } from '../../shared/store/records.ts';
import { isFinished, type Run, readRun } from '../../shared/store/runs.ts';
import { documentClient, type Table } from '../../shared/store/table.ts';
import { runIdOf, type SyncJob, syncJobSchema } from '../../shared/sync/job.ts';
import type { Counts } from '../rentvine/generator/counts.ts';
import type { AccountOptions, SimulatorOptions } from '../rentvine/options.ts';
import { type Simulator, startSimulator } from '../rentvine/simulator.ts';

/** A company in which every resource has rows, and most have several pages of the harness's size. */
export const smallCompany: Counts = {
  portfolios: 4,
  properties: 8,
  units: 30,
  leases: 45,
  tenants: 50,
  owners: 6,
  vendors: 7,
  workOrders: 40,
  transactions: 90,
  applications: 12,
  bills: 25,
};

export const allResources: readonly ResourceName[] = resources.map(({ name }) => name);

type SettingsInput = z.input<typeof syncSettingsSchema>;

/** Small pages, so that small companies have several, and limits that do not slow tests down. */
const fastSettings: SettingsInput = { pageSize: 20, requestsPerSecond: 100, burst: 1000, requestTimeoutSeconds: 5 };

export interface HarnessOptions {
  /** Accounts to begin with; tests may add more. Default one, `acme`. */
  readonly accounts?: readonly AccountOptions[];
  readonly simulator?: Omit<SimulatorOptions, 'accounts'>;
  readonly settings?: SettingsInput;
  /** Where the stack keeps its state, for tests that stop it and start it again; in memory when absent. */
  readonly dataDir?: string;
  /** A simulator that outlives this stack; it is then not stopped with it. */
  readonly sharedSimulator?: Simulator;
  /** Added to the environment of every function. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface SyncOptions {
  /** Default the first account. */
  readonly account?: string;
  readonly activeOnly?: boolean;
  /** Default now. */
  readonly scheduledAt?: Date;
  /** How long the run may take, in milliseconds. */
  readonly deadlineMs?: number;
}

/** A worker's invocation, and how to end its environment as a crash would. */
export interface WorkerInvocation {
  readonly requestId: string;
  readonly job: SyncJob;
  readonly receiptHandle: string;
  kill(): void;
}

/** The deployed stack on this machine with a simulated Rentvine before it, and what a test wants to know of both. */
export interface Harness {
  readonly simulator: Simulator;
  readonly stack: LocalStack;
  readonly records: Table;
  readonly state: Table;
  /** Every line that a function wrote. */
  readonly logs: { readonly functionName: string; readonly text: string }[];
  /** Every change event so far, as the bus took it. */
  readonly events: (ChangeEvent & { readonly detailType: string })[];
  /** Adds a company to the simulator, and its secret. */
  addAccount(options: AccountOptions): Promise<string>;
  /** Gives an account's secret other content; `auth` and `baseUrl` of the simulator's account where not given. */
  putSecret(account: string, content?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Asks for a run as a schedule's tick does, and does not wait for it. */
  request(resource: ResourceName, mode: Run['mode'], options?: SyncOptions): Promise<string>;
  /** Waits until a run is over; with one that was covered by another, answers that other one. */
  finished(resource: ResourceName, runId: string, options?: SyncOptions): Promise<Run>;
  /** The run as it stands. */
  run(resource: ResourceName, runId: string, account?: string): Promise<Run | undefined>;
  /** Asks for a run and waits until it is over. */
  sync(resource: ResourceName, mode: Run['mode'], options?: SyncOptions): Promise<Run>;
  /** The same for several resources at once. */
  syncAll(
    names: readonly ResourceName[],
    mode: Run['mode'],
    options?: SyncOptions,
  ): Promise<ReadonlyMap<ResourceName, Run>>;
  /** All records of a resource by id, tombstones included. */
  stored(resource: ResourceName, account?: string): Promise<ReadonlyMap<string, StoredRecord>>;
  eventsOf(resource: ResourceName, account?: string): ChangeEvent[];
  /** Queues a message for the worker; `group` other than the resource's own lets two run at once. */
  sendJob(job: SyncJob, options?: { readonly group?: string }): Promise<void>;
  /** Puts a message back into the queue, as its visibility time-out would half an hour later. */
  redeliver(invocation: WorkerInvocation): Promise<void>;
  /** Faults in front of the AWS services, of what functions ask (not of what the harness asks); answers how to stop. */
  intercept(hook: (request: ServiceRequest) => Fault | undefined | Promise<Fault | undefined>): () => void;
  /** Told of every invocation of the worker; answers how to stop. */
  onWorker(hook: (invocation: WorkerInvocation) => void): () => void;
  /** Messages in dead-letter queues, by queue. */
  deadLetters(): Record<string, number>;
  stop(): Promise<void>;
}

const stage = 'dev';
const secretName = (account: string): string => `aictive/${stage}/rentvine/${account}`;

const workerPayload = z.object({ Records: z.array(z.object({ body: z.string(), receiptHandle: z.string() })) });

/** Waits until `read` answers something. @throws Error naming `what` after `deadlineMs` milliseconds */
export async function eventually<T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
  deadlineMs = 20_000,
): Promise<T> {
  const giveUpAt = Date.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Starts the synthesized stack in front of a simulator. Stop it in `afterAll`. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const accounts = options.accounts ?? [{ name: 'acme' }];
  const simulator =
    options.sharedSimulator ?? (await startSimulator({ counts: smallCompany, ...options.simulator, accounts }));
  const logs: Harness['logs'] = [];
  const events: Harness['events'] = [];
  const interceptors = new Set<Parameters<Harness['intercept']>[0]>();
  const workerHooks = new Set<(invocation: WorkerInvocation) => void>();

  const secretOf = (account: string, content: Readonly<Record<string, unknown>> = {}): string => {
    const { accessKey, secret } = simulator.authentication(account).credentials;
    return JSON.stringify({
      auth: { scheme: 'basic', accessKey, secret },
      baseUrl: simulator.baseUrl(account),
      ...content,
    });
  };

  const stack = await startLocalStack({
    assemblyDir: inject('assemblyDir'),
    schedules: false,
    stopGraceMs: 100,
    ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
    environment: {
      SYNC_SETTINGS: JSON.stringify({ ...fastSettings, ...options.settings }),
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      ...options.environment,
    },
    secrets: Object.fromEntries(accounts.map(({ name }) => [secretName(name), secretOf(name)])),
    onLog: ({ functionName, text }) => void logs.push({ functionName, text }),
    onEvent: (event: BusEvent) =>
      void events.push({ ...changeEventSchema.parse(event.detail), detailType: event['detail-type'] }),
    async intercept(request) {
      if (request.body.ReturnConsumedCapacity === harnessMark) return undefined;
      for (const hook of interceptors) {
        const fault = await hook(request);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
    invocation({ functionName, requestId, payload, kill }) {
      if (!functionName.endsWith('sync-worker')) return;
      const [record] = workerPayload.parse(payload).Records;
      const job = syncJobSchema.safeParse(JSON.parse(record?.body ?? 'null'));
      if (record === undefined || !job.success) return;
      for (const hook of workerHooks) hook({ requestId, job: job.data, receiptHandle: record.receiptHandle, kill });
    },
  });

  const config = {
    endpoint: stack.endpoint,
    region: stack.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const dynamodb = new DynamoDBClient(config);
  // No function asks for this, so that interceptors can tell the harness's own requests.
  dynamodb.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ReturnConsumedCapacity: harnessMark } }),
    { step: 'initialize' },
  );
  const client = documentClient(dynamodb);
  const sqs = new SQSClient(config);
  const secretsManager = new SecretsManagerClient(config);
  const outputs = Object.assign({}, ...Object.values(stack.outputs));
  const state: Table = { client, name: outputs.StateTableName };
  const records: Table = { client, name: outputs.RecordsTableName };
  const queueUrl: string = outputs.SyncJobsQueueUrl;
  const firstAccount = (): string => accounts[0]?.name ?? 'acme';

  const harness: Harness = {
    simulator,
    stack,
    records,
    state,
    logs,
    events,
    async addAccount(account) {
      simulator.addAccount(account);
      await harness.putSecret(account.name);
      return account.name;
    },
    async putSecret(account, content) {
      const SecretString = secretOf(account, content);
      try {
        await secretsManager.send(new CreateSecretCommand({ Name: secretName(account), SecretString }));
      } catch (error) {
        if (!(error instanceof ResourceExistsException)) throw error;
        await secretsManager.send(new PutSecretValueCommand({ SecretId: secretName(account), SecretString }));
      }
    },
    async request(resource, mode, { account = firstAccount(), activeOnly = false, scheduledAt = new Date() } = {}) {
      const tick = { resource, mode, activeOnly, scheduledAt: scheduledAt.toISOString(), correlationId: 'test' };
      const { error } = await stack.invoke(`aictive-${stage}-sync-planner`, { ...tick, accounts: [account] });
      if (error !== undefined) throw new Error(`The planner failed: ${error.errorMessage}`);
      return runIdOf(tick);
    },
    async finished(resource, runId, { account = firstAccount(), deadlineMs } = {}) {
      const collection = { account, resource };
      const read = async (id: string) => {
        const run = await readRun(state, collection, id);
        return run !== undefined && isFinished(run) ? run : undefined;
      };
      const run = await eventually(`the end of ${account}'s run of ${resource}`, () => read(runId), deadlineMs);
      const coveredBy = run.coveredBy === undefined ? undefined : await readRun(state, collection, run.coveredBy);
      return coveredBy ?? run;
    },
    run: (resource, runId, account = firstAccount()) => readRun(state, { account, resource }, runId),
    async sync(resource, mode, syncOptions) {
      return harness.finished(resource, await harness.request(resource, mode, syncOptions), syncOptions);
    },
    async syncAll(names, mode, syncOptions) {
      const runs = await Promise.all(
        names.map(async (name) => [name, await harness.sync(name, mode, syncOptions)] as const),
      );
      return new Map(runs);
    },
    async stored(resource, account = firstAccount()) {
      const found = new Map<string, StoredRecord>();
      for await (const record of allRecords(records, { account, resource })) found.set(record.id, record);
      return found;
    },
    eventsOf: (resource, account = firstAccount()) =>
      events.filter((event) => event.account === account && event.resource === resource),
    async sendJob(job, { group = `${job.account}#${job.resource}` } = {}) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(job),
          MessageGroupId: group,
          MessageDeduplicationId: crypto.randomUUID(),
        }),
      );
    },
    async redeliver({ receiptHandle }) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 }),
      );
    },
    intercept(hook) {
      interceptors.add(hook);
      return () => void interceptors.delete(hook);
    },
    onWorker(hook) {
      workerHooks.add(hook);
      return () => void workerHooks.delete(hook);
    },
    deadLetters() {
      const queues = Object.entries(stack.queueDepths()).filter(([name]) => name.includes('dlq'));
      return Object.fromEntries(queues.map(([name, { visible, inFlight }]) => [name, visible + inFlight]));
    },
    async stop() {
      await stack.stop();
      for (const each of [dynamodb, sqs, secretsManager]) each.destroy();
      if (options.sharedSimulator === undefined) await simulator.stop();
    },
  };
  return harness;
}

const harnessMark = 'NONE';
