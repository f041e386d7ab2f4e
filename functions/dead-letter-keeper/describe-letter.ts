import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { deadMessageIdAttribute } from '../../shared/dead-letters/dead-message-id.ts';
import type { RedriveTarget } from '../../shared/dead-letters/redrive-target.ts';
import { redactText } from '../../shared/observability/logger.ts';
import type { NewDeadLetter } from '../../shared/store/dead-letters.ts';
import type { MessageFailure } from '../../shared/store/message-failures.ts';

/** What a dead-letter queue's messages were for, and where a redrive puts them. */
export interface DeadLetterSource {
  readonly source: string;
  readonly target: RedriveTarget;
}

const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined);
const subjectShape = z.catch(z.object({ account: text, resource: text, correlationId: text }), {});

/** Under these names Lambda, EventBridge Scheduler and our own publisher say why they gave a message up. */
const codeNames = ['errorCode', 'ERROR_CODE', 'ErrorCode'];
const messageNames = ['errorMessage', 'ERROR_MESSAGE', 'ErrorMessage'];

/**
 * Everything that is known of a message that failed for good.
 *
 * @param failure what its consumer wrote down, if it lived to do so
 */
export function describeLetter(
  record: SQSRecord,
  { source, target }: DeadLetterSource,
  failure: MessageFailure | undefined,
): NewDeadLetter {
  const { [deadMessageIdAttribute]: _id, ...attributes } = textAttributes(record);
  const firstOf = (names: readonly string[]) => names.map((name) => attributes[name]).find((value) => value);
  const said = subjectShape.parse(parseJson(record.body));
  const { account = said.account, resource = said.resource, correlationId = said.correlationId } = failure ?? {};
  const sentAt = new Date(Number(record.attributes.SentTimestamp)).toISOString();
  const traceId = /Root=([^;]+)/.exec(record.attributes.AWSTraceHeader ?? '')?.[1];
  return {
    id: failedId(record),
    source,
    target,
    deadLetterQueue: queueName(record),
    ...(account !== undefined && { account }),
    ...(resource !== undefined && { resource }),
    ...(correlationId !== undefined && { correlationId }),
    ...(traceId !== undefined && { traceId }),
    code: failure?.code ?? firstOf(codeNames) ?? 'UNKNOWN',
    message: redactText(
      failure?.message ??
        firstOf(messageNames) ??
        'Its function left no reason behind: it was killed, ran out of time or memory, or was throttled each time.',
    ),
    firstFailedAt: failure?.firstFailedAt ?? sentAt,
    lastFailedAt: failure?.lastFailedAt ?? sentAt,
    // SQS counts the keeper's own receive too.
    receiveCount: Math.max(failure?.failures ?? 0, Number(record.attributes.ApproximateReceiveCount) - 1),
    attributes,
    ...(record.attributes.MessageGroupId !== undefined && { groupId: record.attributes.MessageGroupId }),
    body: record.body,
  };
}

/** The id that a dead message had when it failed: its own where SQS moved it, and an attribute where its function did. */
export const failedId = ({ messageId, messageAttributes }: SQSRecord): string =>
  messageAttributes[deadMessageIdAttribute]?.stringValue ?? messageId;

export const queueName = ({ eventSourceARN }: SQSRecord): string => eventSourceARN.split(':').at(-1) ?? '';

function textAttributes({ messageAttributes }: SQSRecord): Record<string, string> {
  return Object.fromEntries(
    Object.entries(messageAttributes).flatMap(([name, { stringValue }]) =>
      stringValue === undefined ? [] : [[name, stringValue]],
    ),
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
