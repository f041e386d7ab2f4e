import { EventEmitter, once } from 'node:events';
import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import * as z from 'zod';
import { type TurnableClock, turnableClock } from '../../infra/local/clock/turnable-clock.ts';
import { type Intercept, interceptors } from '../../infra/local/intercept.ts';
import { type LocalStack, startLocalStack } from '../../infra/local/start.ts';
import { localPlatform } from '../../infra/platform/local-platform.ts';
import type { Platform } from '../../infra/platform/platform.ts';
import { startSimulator } from '../../infra/simulator/simulator.ts';
import { type ChangeEvent, changeEventSchema } from '../../shared/events/change-event-schema.ts';
import { schemaEventType } from '../../shared/events/schema-event.ts';
import { type SchemaEvent, schemaEventSchema } from '../../shared/events/schema-event-schema.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { type SyncJob, syncJobSchema } from '../../shared/sync/job.ts';
import type { syncSettingsSchema } from '../../shared/sync/settings.ts';
import { type Company, type CompanyOptions, companyOn, smallCompany } from './company.ts';

/** Small pages, so that small companies have several, and limits that do not slow tests down. */
const fastSettings: z.input<typeof syncSettingsSchema> = {
  pageSize: 20,
  requestsPerSecond: 100,
  burst: 1000,
  requestTimeoutSeconds: 5,
};

export interface HarnessOptions {
  /** The app as it was synthesized with other context than `cdk.json`'s. */
  readonly assemblyDir?: string;
  /** What differs from `fastSettings`. */
  readonly settings?: z.input<typeof syncSettingsSchema>;
  /** Where the stack keeps its state, for tests that stop it and start it again; in memory when absent. */
  readonly dataDir?: string;
  /** Most environments of a function; each costs a second of a core to start. Default 4. */
  readonly concurrency?: number;
  /** Added to the environment of every function. */
  readonly environment?: Readonly<Record<string, string>>;
}

const visibilityChange = z.object({ ReceiptHandle: z.string(), VisibilityTimeout: z.number().min(1) });

type Subject = Pick<SyncJob, 'account' | 'resource'>;

/** An invocation of the worker. */
export interface WorkerInvocation {
  readonly job: SyncJob;
  readonly receiptHandle: string;
  /** Ends its environment as a crash would. */
  kill(): void;
}

/** The deployed stack on this machine, and what a test wants to know of it. */
export interface Harness {
  readonly stack: LocalStack;
  /** The same as its operators see it. */
  readonly platform: Platform;
  /** Of everything: the stack, its functions, and the simulated companies. Nobody turns it but the test. */
  readonly clock: TurnableClock;
  readonly records: Table;
  readonly state: Table;
  /** Every line that a function wrote. */
  readonly logs: readonly string[];
  /** Every change event so far, as the bus took it. */
  readonly events: readonly ChangeEvent[];
  /** What was told of fields. */
  readonly schemaEvents: readonly SchemaEvent[];
  /** Starts a simulated Rentvine with one company, and makes it an account of the stack. */
  company(options?: CompanyOptions): Promise<Company>;
  /** Makes a message visible again, as its visibility time-out would half an hour later. */
  redeliver(invocation: WorkerInvocation): Promise<void>;
  /** Faults in front of the AWS services, for what functions ask and not for what the harness asks; answers how to stop. */
  intercept(hook: Intercept): () => void;
  /** Resolves when the worker's next invocation ends that was about these. */
  workerEnd(subject: Subject): Promise<unknown>;
  /** Until when, by the clock, the worker has put off its message about these; undefined while it works on one. */
  putOffUntil(subject: Subject): number | undefined;
  /** Told of every invocation of the worker; answers how to stop. */
  onWorker(hook: (invocation: WorkerInvocation) => void): () => void;
  /** Messages that failed for good: in the dead-letter queues, and kept. */
  deadLetters(): number;
  stop(): Promise<void>;
}

/** A member of DynamoDB requests that no function sends, and that says nothing. */
const harnessMark = { ReturnConsumedCapacity: 'NONE' } as const;

const workerPayload = z.object({ Records: z.tuple([z.object({ body: z.string(), receiptHandle: z.string() })]) });

const keyOf = ({ account, resource }: Subject): string => `${account}#${resource}`;

/** Starts the synthesized stack, with no account. To stop it stops its companies too. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const logs: string[] = [];
  const events: ChangeEvent[] = [];
  const schemaEvents: SchemaEvent[] = [];
  const faults = interceptors();
  const workerHooks = new Set<(invocation: WorkerInvocation) => void>();
  const undo: (() => void | Promise<void>)[] = [];
  const clock = turnableClock();
  /** What the worker works on, by the id of its invocation. */
  const underWay = new Map<string, WorkerInvocation>();
  const putOff = new Map<string, number>();
  const ends = new EventEmitter().setMaxListeners(0);
  let companies = 0;

  const stack = await startLocalStack({
    assemblyDir: options.assemblyDir ?? inject('assemblyDir'),
    schedules: false,
    concurrency: options.concurrency ?? 4,
    stopGraceMs: 100,
    clock,
    ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
    environment: {
      SYNC_SETTINGS: JSON.stringify({ ...fastSettings, ...options.settings }),
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      ...options.environment,
    },
    onLog: ({ text }) => void logs.push(text),
    onEvent({ 'detail-type': type, detail }) {
      if (type === schemaEventType) schemaEvents.push(schemaEventSchema.parse(detail));
      else events.push(changeEventSchema.parse(detail));
    },
    intercept: (request) =>
      request.body.ReturnConsumedCapacity === harnessMark.ReturnConsumedCapacity
        ? undefined
        : faults.intercept(request),
    invocation({ functionName, requestId, payload, kill }) {
      if (functionName !== platform.nameOf('sync-worker')) return;
      const [{ body, receiptHandle }] = workerPayload.parse(payload).Records;
      const job = syncJobSchema.safeParse(JSON.parse(body));
      if (!job.success) return;
      const invocation = { job: job.data, receiptHandle, kill };
      putOff.delete(keyOf(job.data));
      underWay.set(requestId, invocation);
      for (const hook of workerHooks) hook(invocation);
    },
    invoked({ requestId }) {
      const ended = underWay.get(requestId);
      underWay.delete(requestId);
      if (ended !== undefined) ends.emit(keyOf(ended.job));
    },
  });
  const platform = localPlatform(stack);
  faults.add(({ body }) => {
    const { data } = visibilityChange.safeParse(body);
    const held = [...underWay.values()].find(({ receiptHandle }) => receiptHandle === data?.ReceiptHandle);
    if (data && held) putOff.set(keyOf(held.job), clock.now().getTime() + data.VisibilityTimeout * 1000);
    return undefined;
  });
  platform.dynamodb.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ...harnessMark } }),
    {
      step: 'initialize',
    },
  );
  undo.push(
    () => stack.stop(),
    () => platform.close(),
  );

  const harness: Harness = {
    stack,
    platform,
    clock,
    records: platform.records,
    state: platform.state,
    logs,
    events,
    schemaEvents,
    async company({ name, counts, existing, simulator: server, ...account } = {}) {
      companies += 1;
      const simulator =
        existing ??
        (await startSimulator({
          clock: () => clock.now().getTime(),
          ...server,
          accounts: [{ name: name ?? `co-${companies}-inc`, counts: { ...smallCompany, ...counts }, ...account }],
        }));
      if (existing === undefined) undo.push(() => simulator.stop());
      const company = companyOn(harness, simulator);
      await company.putSecret();
      return company;
    },
    async redeliver({ receiptHandle }) {
      await platform.sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: await platform.queueUrl('sync-jobs.fifo'),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        }),
      );
    },
    intercept: faults.add,
    workerEnd: (subject) => once(ends, keyOf(subject)),
    putOffUntil: (subject) =>
      [...underWay.values()].some(({ job }) => keyOf(job) === keyOf(subject)) ? undefined : putOff.get(keyOf(subject)),
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
