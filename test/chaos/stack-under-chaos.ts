import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type LocalStack, startLocalStack } from '../../infra/local/start.ts';
import { localPlatform } from '../../infra/platform/local-platform.ts';
import { secretPrefixOf, webhookSecretPrefixOf } from '../../infra/platform/names.ts';
import type { Platform } from '../../infra/platform/platform.ts';
import type { Random } from '../../infra/simulator/generator/random.ts';
import type { Simulator } from '../../infra/simulator/simulator.ts';
import { type ChangeEvent, changeEventSchema } from '../../shared/events/change-event-schema.ts';
import { schemaEventType } from '../../shared/events/schema-event.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { type Calamities, makeCalamities } from './calamities.ts';
import { deliveryKey } from './deliveries.ts';
import { chaosAttribute, makeQueueWitness, type QueueWitness } from './queue-witness.ts';

export const signingKey = 'chaos-signing-key';

/** Small pages and short waits; limits that do not slow the run down. A dead function's slots are held for a while. */
const settings = {
  pageSize: 50,
  requestsPerSecond: 100,
  burst: 1000,
  maxInFlight: 16,
  requestTimeoutSeconds: 1,
  sliceSeconds: 8,
};
/** Share of messages that the queues deliver twice. */
const copied = 0.05;

const queuePayload = z.object({
  Records: z.array(
    z.object({
      body: z.string(),
      attributes: z.object({ MessageGroupId: z.string().optional() }),
      messageAttributes: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** The stack on this machine, watched and troubled. */
export interface StackUnderChaos {
  readonly stack: LocalStack;
  readonly platform: Platform;
  readonly state: Table;
  readonly records: Table;
  readonly calamities: Calamities;
  readonly witness: QueueWitness;
  /** `leases 12@3` for every revision that was told. */
  readonly told: ReadonlySet<string>;
  /** Puts a message that nobody can work on into the queue of webhook events. */
  poison(): Promise<void>;
  /** From now on functions die, services fail and queues deliver twice. */
  trouble(): void;
  /** No more. */
  calm(): Promise<void>;
  stop(): Promise<void>;
}

export async function startStackUnderChaos(
  assemblyDir: string,
  simulator: Simulator,
  random: Random,
): Promise<StackUnderChaos> {
  const calamities = makeCalamities(random);
  const told = new Set<string>();
  const sending = new Set<Promise<unknown>>();
  let troubled = false;
  let onInvocation: (functionName: string, payload: unknown) => void = () => {};
  let witness: QueueWitness | undefined;
  const [account = ''] = simulator.accounts;
  const { accessKey, secret } = simulator.authentication().credentials;

  const stack = await startLocalStack({
    assemblyDir,
    schedules: false,
    concurrency: 4,
    stopGraceMs: 500,
    environment: { SYNC_SETTINGS: JSON.stringify(settings) },
    secrets: {
      [secretPrefixOf('dev') + account]: JSON.stringify({
        auth: { scheme: 'basic', accessKey, secret },
        baseUrl: simulator.baseUrl(),
      }),
      [webhookSecretPrefixOf('dev') + account]: JSON.stringify({ dialects: ['body'], signingKeys: [signingKey] }),
    },
    onEvent({ 'detail-type': type, detail }) {
      if (type !== schemaEventType) told.add(nameOf(changeEventSchema.parse(detail)));
    },
    intercept(request) {
      const { service, body } = request;
      // The planner is asked from here; nothing that runs asks Lambda for anything.
      if (service === 'lambda' || body.ReturnConsumedCapacity === 'NONE' || body.MessageAttributes !== undefined)
        return undefined;
      const fault = troubled ? calamities.intercept(request) : undefined;
      if (fault === undefined) witness?.carriedOut(request);
      return fault;
    },
    invocation({ functionName, payload, kill }) {
      onInvocation(functionName, payload);
      if (troubled) calamities.invoked({ functionName, kill });
    },
  });
  const platform = localPlatform(stack);
  // Enters the account into the directory, as it does every minute.
  await stack.fireSchedule(platform.nameOf('watcher'));
  await stack.idle();
  const webhookEventsUrl = await platform.queueUrl('webhook-events');
  const syncJobsUrl = await platform.queueUrl('sync-jobs.fifo');
  witness = makeQueueWitness(webhookEventsUrl, deliveryKey);

  // Tells what is asked here from what functions ask.
  platform.dynamodb.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'NONE' } }),
    { step: 'initialize' },
  );

  function send(QueueUrl: string, MessageBody: string, origin: 'copy' | 'poison', group?: string): Promise<void> {
    if (QueueUrl === webhookEventsUrl) witness?.sent(origin);
    const command = new SendMessageCommand({
      QueueUrl,
      MessageBody,
      MessageAttributes: { [chaosAttribute]: { DataType: 'String', StringValue: origin } },
      ...(group !== undefined && { MessageGroupId: group }),
      ...(QueueUrl.endsWith('.fifo') && { MessageDeduplicationId: crypto.randomUUID() }),
    });
    const work = platform.sqs.send(command).then(() => undefined);
    sending.add(work);
    return work.finally(() => sending.delete(work));
  }

  onInvocation = (functionName, payload) => {
    witness?.invoked(functionName, payload);
    const queueUrl = functionName.endsWith('-webhook-processor')
      ? webhookEventsUrl
      : functionName.endsWith('-sync-worker')
        ? syncJobsUrl
        : undefined;
    if (queueUrl === undefined || !troubled) return;
    for (const { body, attributes, messageAttributes } of queuePayload.parse(payload).Records) {
      if (messageAttributes[chaosAttribute] !== undefined || random() >= copied) continue;
      void send(queueUrl, body, 'copy', attributes.MessageGroupId);
    }
  };

  return {
    stack,
    platform,
    state: platform.state,
    records: platform.records,
    calamities,
    witness,
    told,
    poison: () => send(webhookEventsUrl, `nobody can work on this: ${crypto.randomUUID()}`, 'poison'),
    trouble() {
      troubled = true;
    },
    async calm() {
      troubled = false;
      calamities.end();
      await Promise.all(sending);
    },
    async stop() {
      await stack.stop();
      platform.close();
    },
  };
}

const nameOf = ({ resource, id, revision }: ChangeEvent): string => `${resource} ${id}@${revision}`;
