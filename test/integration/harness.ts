import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inject, vi } from 'vitest';
import * as z from 'zod';
import type { Clock } from '../../infra/local/clock/clock.ts';
import type { ServiceFault, ServiceRequest } from '../../infra/local/intercept.ts';
import { type LocalStack, startLocalStack } from '../../infra/local/start.ts';
import { startSimulator } from '../../infra/simulator/simulator.ts';
import { type ChangeEvent, changeEventSchema } from '../../shared/events/change-event-schema.ts';
import { documentClient, type Table } from '../../shared/store/dynamo-table.ts';
import { type SyncJob, syncJobSchema } from '../../shared/sync/job.ts';
import type { syncSettingsSchema } from '../../shared/sync/settings.ts';
import { type Company, type CompanyOptions, companyOn, smallCompany } from './company.ts';

// Many of these tests wait for the platform's own backoffs, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Small pages, so that small companies have several, and limits that do not slow tests down. */
const fastSettings: z.input<typeof syncSettingsSchema> = {
  pageSize: 20,
  requestsPerSecond: 100,
  burst: 1000,
  requestTimeoutSeconds: 5,
};

export interface HarnessOptions {
  /** What differs from `fastSettings`. */
  readonly settings?: z.input<typeof syncSettingsSchema>;
  /** Where the stack keeps its state, for tests that stop it and start it again; in memory when absent. */
  readonly dataDir?: string;
  /** Most environments of a function; each costs a second of a core to start. Default 4. */
  readonly concurrency?: number;
  /** Of schedules, alarms and functions. */
  readonly clock?: Clock;
  /** Added to the environment of every function. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An invocation of the worker. */
export interface WorkerInvocation {
  readonly job: SyncJob;
  readonly receiptHandle: string;
  /** Ends its environment as a crash would. */
  kill(): void;
}

export type Interceptor = (request: ServiceRequest) => ServiceFault | undefined | Promise<ServiceFault | undefined>;

/** The deployed stack on this machine, and what a test wants to know of it. */
export interface Harness {
  readonly stack: LocalStack;
  readonly records: Table;
  readonly state: Table;
  /** Every line that a function wrote. */
  readonly logs: readonly string[];
  /** Every change event so far, as the bus took it. */
  readonly events: readonly ChangeEvent[];
  /** Starts a simulated Rentvine with one company, and makes it an account of the stack. */
  company(options?: CompanyOptions): Promise<Company>;
  /** Sets an account's secret. */
  putSecret(account: string, content: unknown): Promise<void>;
  /** Asks for a run of one account as a schedule's tick does. */
  plan(tick: Readonly<Record<string, unknown>>): Promise<void>;
  /** Queues a message for the worker; in a `group` other than the resource's own, two run at once. */
  sendJob(job: SyncJob, options?: { readonly group?: string }): Promise<void>;
  /** Makes a message visible again, as its visibility time-out would half an hour later. */
  redeliver(invocation: WorkerInvocation): Promise<void>;
  /** Faults in front of the AWS services, for what functions ask and not for what the harness asks; answers how to stop. */
  intercept(hook: Interceptor): () => void;
  /** Told of every invocation of the worker; answers how to stop. */
  onWorker(hook: (invocation: WorkerInvocation) => void): () => void;
  /** Messages that failed for good: in the dead-letter queues, and kept. */
  deadLetters(): number;
  stop(): Promise<void>;
}

const prefix = 'aictive-dev';
const secretName = (account: string): string => `aictive/dev/rentvine/${account}`;
/** A member of DynamoDB requests that no function sends, and that says nothing. */
const harnessMark = { ReturnConsumedCapacity: 'NONE' } as const;

const outputsSchema = z.object({
  StateTableName: z.string(),
  RecordsTableName: z.string(),
  SyncJobsQueueUrl: z.string(),
});
const workerPayload = z.object({ Records: z.tuple([z.object({ body: z.string(), receiptHandle: z.string() })]) });

/** Starts the synthesized stack, with no account. Stop it in `afterAll`; that stops its companies too. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const logs: string[] = [];
  const events: ChangeEvent[] = [];
  const interceptors = new Set<Interceptor>();
  const workerHooks = new Set<(invocation: WorkerInvocation) => void>();
  const undo: (() => Promise<void>)[] = [];

  const stack = await startLocalStack({
    assemblyDir: inject('assemblyDir'),
    schedules: false,
    concurrency: options.concurrency ?? 4,
    stopGraceMs: 100,
    ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
    ...(options.clock !== undefined && { clock: options.clock }),
    environment: {
      SYNC_SETTINGS: JSON.stringify({ ...fastSettings, ...options.settings }),
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      ...options.environment,
    },
    onLog: ({ text }) => void logs.push(text),
    onEvent: (event) => void events.push(changeEventSchema.parse(event.detail)),
    async intercept(request) {
      if (request.body.ReturnConsumedCapacity === harnessMark.ReturnConsumedCapacity) return undefined;
      for (const hook of interceptors) {
        const fault = await hook(request);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
    invocation({ functionName, payload, kill }) {
      if (functionName !== `${prefix}-sync-worker`) return;
      const [{ body, receiptHandle }] = workerPayload.parse(payload).Records;
      const job = syncJobSchema.safeParse(JSON.parse(body));
      if (!job.success) return;
      for (const hook of workerHooks) hook({ job: job.data, receiptHandle, kill });
    },
  });
  undo.push(() => stack.stop());

  const config = {
    endpoint: stack.endpoint,
    region: stack.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const dynamodb = new DynamoDBClient(config);
  dynamodb.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, ...harnessMark } }), {
    step: 'initialize',
  });
  const client = documentClient(dynamodb);
  const sqs = new SQSClient(config);
  const secretsManager = new SecretsManagerClient(config);
  undo.push(async () => {
    for (const each of [dynamodb, sqs, secretsManager]) each.destroy();
  });
  const outputs = outputsSchema.parse(stack.outputs[`${prefix}-core`]);
  let companies = 0;

  const harness: Harness = {
    stack,
    records: { client, name: outputs.RecordsTableName },
    state: { client, name: outputs.StateTableName },
    logs,
    events,
    async company({ name, counts, existing, simulator: server, ...account } = {}) {
      companies += 1;
      const simulator =
        existing ??
        (await startSimulator({
          ...server,
          accounts: [{ name: name ?? `co-${companies}-inc`, counts: { ...smallCompany, ...counts }, ...account }],
        }));
      if (existing === undefined) undo.push(() => simulator.stop());
      const company = companyOn(harness, simulator);
      await company.putSecret();
      return company;
    },
    async putSecret(account, content) {
      const SecretString = JSON.stringify(content);
      try {
        await secretsManager.send(new CreateSecretCommand({ Name: secretName(account), SecretString }));
      } catch (error) {
        if (!(error instanceof ResourceExistsException)) throw error;
        await secretsManager.send(new PutSecretValueCommand({ SecretId: secretName(account), SecretString }));
      }
    },
    async plan(tick) {
      const { error } = await stack.invoke(`${prefix}-sync-planner`, tick);
      if (error !== undefined) throw new Error(`The planner failed: ${error.errorMessage}`);
    },
    async sendJob(job, { group = `${job.account}#${job.resource}` } = {}) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: outputs.SyncJobsQueueUrl,
          MessageBody: JSON.stringify(job),
          MessageGroupId: group,
          MessageDeduplicationId: crypto.randomUUID(),
        }),
      );
    },
    async redeliver({ receiptHandle }) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: outputs.SyncJobsQueueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        }),
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
    deadLetters: () =>
      Object.entries(stack.queueDepths())
        .filter(([name]) => name.includes('dlq'))
        .reduce((sum, [, { visible, inFlight }]) => sum + visible + inFlight, 0) +
      logs.filter((line) => line.includes('A message failed for good and is kept')).length,
    async stop() {
      for (const step of undo) await step();
    },
  };
  return harness;
}
