import * as z from 'zod';
import type { ServiceRequest } from '../../infra/local/intercept.ts';
import { type WebhookHint, webhookHintSchema } from '../../shared/webhook/hint.ts';

/** The attribute by which messages that the chaos itself sends are known. */
export const chaosAttribute = 'chaos';

export type Origin = 'receiver' | 'parked' | 'copy' | 'poison';

/** A message that the processor was given. */
export interface SeenMessage {
  readonly id: string;
  readonly origin: Origin;
  readonly body: string;
  /** Absent where the message is none. */
  readonly hint: WebhookHint | undefined;
  receives: number;
}

/** What went into and came out of the queue of webhook events, as seen from outside the functions. */
export interface QueueWitness {
  /** To be told of every invocation. */
  invoked(functionName: string, payload: unknown): void;
  /** To be told of every request to AWS that is carried out. */
  carriedOut(request: ServiceRequest): void;
  /** Tells of a message that the chaos itself put into the queue. */
  sent(origin: 'copy' | 'poison'): void;
  readonly seen: ReadonlyMap<string, SeenMessage>;
  /** Messages put into the queue so far, by who put them. */
  readonly puts: Readonly<Record<Origin, number>>;
  /** Messages put into the queue for a delivery, by its key. */
  putsFor(key: string): number;
  /** The delivery that a hint came with. */
  keyOf(hint: WebhookHint): string | undefined;
}

const receiverEvent = z.object({ body: z.string().optional(), requestContext: z.object({ requestId: z.string() }) });
const queueEvent = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      body: z.string(),
      messageAttributes: z.record(z.string(), z.object({ stringValue: z.string().optional() })),
    }),
  ),
});
const originSchema = z.enum(['copy', 'poison']).optional();

/** @param keyOf tells by its body which delivery a request belongs to */
export function makeQueueWitness(queueUrl: string, keyOf: (body: string) => string): QueueWitness {
  const keys = new Map<string, string>();
  const seen = new Map<string, SeenMessage>();
  const puts = { receiver: 0, parked: 0, copy: 0, poison: 0 };
  const putsByKey = new Map<string, number>();

  function see(payload: unknown): void {
    for (const { messageId: id, body, messageAttributes } of queueEvent.parse(payload).Records) {
      const known = seen.get(id);
      if (known !== undefined) {
        known.receives += 1;
        continue;
      }
      const hint = parseHint(body);
      const sender = originSchema.parse(messageAttributes[chaosAttribute]?.stringValue);
      const origin = sender ?? (hint !== undefined && hint.parked > 0 ? 'parked' : 'receiver');
      seen.set(id, { id, origin, body, hint, receives: 1 });
    }
  }

  return {
    seen,
    puts,
    invoked(functionName, payload) {
      if (functionName.endsWith('-webhook-processor')) see(payload);
      if (!functionName.endsWith('-webhook-receiver')) return;
      const { body, requestContext } = receiverEvent.parse(payload);
      keys.set(requestContext.requestId, keyOf(body ?? ''));
    },
    carriedOut({ service, operation, body }) {
      if (service !== 'sqs' || operation !== 'SendMessage' || body.QueueUrl !== queueUrl) return;
      if (body.MessageAttributes !== undefined) return;
      const hint = parseHint(String(body.MessageBody));
      if (hint === undefined) throw new Error('A function put something into the queue that is no hint.');
      puts[hint.parked > 0 ? 'parked' : 'receiver'] += 1;
      const key = keys.get(hint.correlationId);
      if (key !== undefined) putsByKey.set(key, (putsByKey.get(key) ?? 0) + 1);
    },
    sent(origin) {
      puts[origin] += 1;
    },
    putsFor: (key) => putsByKey.get(key) ?? 0,
    keyOf: ({ correlationId }) => keys.get(correlationId),
  };
}

function parseHint(body: string): WebhookHint | undefined {
  try {
    return webhookHintSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
