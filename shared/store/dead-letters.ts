import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { redriveTargetSchema } from '../dead-letters/redrive-target.ts';
import { audit } from './audit.ts';
import { allOf, anyOf, isCarriedOut } from './conditions.ts';
import { allItems, chunk, expiresInDays, itemPages, type Key, putItem, readItem, type Table } from './dynamo-table.ts';

/** `redriving`: an operator's command is putting it back, or died while doing so. */
const status = z.enum(['open', 'redriving', 'redriven', 'discarded']);

const deadLetterSchema = z.object({
  /** The id of the SQS message that failed. */
  id: z.string(),
  status,
  /** The queue or function that it was for: `webhook-events`. */
  source: z.string(),
  /** Name of the dead-letter queue that it went through. */
  deadLetterQueue: z.string(),
  account: z.optional(z.string()),
  resource: z.optional(z.string()),
  /** Stable code of the failure, `UNKNOWN` where none was left behind. */
  code: z.string(),
  message: z.string(),
  firstFailedAt: z.string(),
  lastFailedAt: z.string(),
  receiveCount: z.number(),
  keptAt: z.string(),
  traceId: z.optional(z.string()),
  correlationId: z.optional(z.string()),
  /** Text attributes that the message was sent with. */
  attributes: z.record(z.string(), z.string()),
  /** FIFO message group. */
  groupId: z.optional(z.string()),
  /** Where a redrive puts it. */
  target: redriveTargetSchema,
  bodyParts: z.number(),
  /** Redrives begun so far. */
  redrives: z.number(),
  redriveStartedAt: z.optional(z.string()),
  closedAt: z.optional(z.string()),
  closedBy: z.optional(z.string()),
  discardReason: z.optional(z.string()),
});

/** What is known of a message that failed for good, without its body. */
export type DeadLetter = z.output<typeof deadLetterSchema>;
export type DeadLetterStatus = DeadLetter['status'];

/** A dead letter as it is kept first. */
export type NewDeadLetter = Omit<
  DeadLetter,
  'status' | 'bodyParts' | 'redrives' | 'redriveStartedAt' | 'closedAt' | 'closedBy' | 'discardReason' | 'keptAt'
> & { readonly body: string };

export interface DeadLetterFilter {
  /** Default: `open` and `redriving`, which is what needs somebody. */
  readonly statuses?: readonly DeadLetterStatus[] | undefined;
  readonly source?: string | undefined;
  readonly account?: string | undefined;
  readonly resource?: string | undefined;
  readonly code?: string | undefined;
}

/** What became of an operator's command. */
export type CloseOutcome = 'done' | 'notFound' | 'alreadyClosed' | 'inProgress';

const partition = 'dead-letters';
/** DynamoDB keeps 400 KB in an item, SQS up to 1 MB in a message. In characters, of up to three bytes each. */
const charactersPerPart = 100_000;
/** What is closed can be looked at for this long; what is open never expires. */
const closedKeptDays = 90;
/** A redrive that takes longer has died. It may have sent the message already; a second time does no harm (promise 5). */
const redriveLastsMs = 60_000;

const deadSince = (now: Date): string => new Date(now.getTime() - redriveLastsMs).toISOString();
const redriveDied = allOf('#status = :redriving', 'redriveStartedAt < :deadSince');
const isOpenCondition = anyOf('#status = :open', redriveDied);
const isOpenValues = (now: Date) => ({ ':open': 'open', ':redriving': 'redriving', ':deadSince': deadSince(now) });

/** Whether a dead letter can be redriven or discarded: it is open, or the command that was redriving it has died. */
export const isOpen = ({ status, redriveStartedAt = '' }: DeadLetter, now: Date): boolean =>
  status === 'open' || (status === 'redriving' && redriveStartedAt < deadSince(now));

const keyOf = (id: string): Key => ({ pk: partition, sk: id });
const partKey = (id: string, index: number): Key => ({ pk: `dead-letter#${id}`, sk: `body#${index}` });

/**
 * Keeps a message that failed for good. Doing so again changes nothing.
 *
 * @returns whether it was not kept yet
 */
export async function keepDeadLetter(table: Table, { body, ...letter }: NewDeadLetter, now: Date): Promise<boolean> {
  if ((await readLetter(table, letter.id)) !== undefined) return false;
  const parts = chunk([...body], charactersPerPart).map((characters) => characters.join(''));
  for (const [index, text] of parts.entries()) {
    await putItem(table, { ...partKey(letter.id, index), text });
  }
  const item: DeadLetter = {
    ...letter,
    status: 'open',
    keptAt: now.toISOString(),
    bodyParts: parts.length,
    redrives: 0,
  };
  return isCarriedOut(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...keyOf(letter.id), ...item },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
}

/** The dead letters that a filter lets through, without their bodies, the latest first. */
export async function listDeadLetters(table: Table, filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
  const { statuses = ['open', 'redriving'], source, account, resource, code } = filter;
  const items = await allItems(table, partition, { ConsistentRead: true });
  return items
    .map((item) => deadLetterSchema.parse(item))
    .filter(
      (letter) =>
        statuses.includes(letter.status) &&
        (source ?? letter.source) === letter.source &&
        (account ?? letter.account) === letter.account &&
        (resource ?? letter.resource) === letter.resource &&
        (code ?? letter.code) === letter.code,
    )
    .sort((a, b) => (a.keptAt < b.keptAt ? 1 : -1));
}

/**
 * Where each letter that needs somebody comes from and since when, page by page. Eventually consistent. It reads what is closed
 * too, for the 90 days that it is kept: 1,000 letters are some 200 read units, two dollars a month if read every minute.
 */
export async function* waitingDeadLetters(table: Table): AsyncGenerator<Pick<DeadLetter, 'source' | 'keptAt'>> {
  const pages = itemPages(table, partition, {
    FilterExpression: '#status IN (:open, :redriving)',
    ProjectionExpression: '#source, keptAt',
    ExpressionAttributeNames: { '#status': 'status', '#source': 'source' },
    ExpressionAttributeValues: { ':open': 'open', ':redriving': 'redriving' },
  });
  const letter = z.pick(deadLetterSchema, { source: true, keptAt: true });
  for await (const items of pages) for (const item of items) yield letter.parse(item);
}

/** One dead letter with the message's body, whatever its status; undefined when there is none of that id. */
export async function showDeadLetter(
  table: Table,
  id: string,
): Promise<(DeadLetter & { readonly body: string }) | undefined> {
  const letter = await readLetter(table, id);
  if (letter === undefined) return undefined;
  const parts = await Promise.all(
    Array.from({ length: letter.bodyParts }, async (_, index) => {
      const part = await readItem(table, partKey(id, index));
      return z.object({ text: z.string() }).parse(part).text;
    }),
  );
  return { ...letter, body: parts.join('') };
}

/**
 * Lets an open dead letter go for good, or one whose redrive has died. Audited.
 *
 * @param reason why nobody needs it any more; must say something
 * @throws RangeError for an empty reason
 */
export async function discardDeadLetter(
  table: Table,
  id: string,
  { operator, reason }: { readonly operator: string; readonly reason: string },
  now: Date,
): Promise<CloseOutcome> {
  if (reason.trim() === '') throw new RangeError('A dead letter is discarded for a reason; say which.');
  const letter = await readLetter(table, id);
  if (letter === undefined) return 'notFound';
  const closed = await change(
    table,
    id,
    'SET #status = :discarded, closedAt = :now, closedBy = :operator, discardReason = :reason, expiresAt = :expiresAt REMOVE redriveClaim',
    isOpenCondition,
    {
      ':discarded': 'discarded',
      ...isOpenValues(now),
      ':now': now.toISOString(),
      ':operator': operator,
      ':reason': reason,
      ':expiresAt': expiresInDays(now, closedKeptDays),
    },
  );
  if (!closed) return whyNot(table, id);
  await expireBody(table, letter, now);
  await audit(table, { action: 'discard-dead-letter', operator, at: now, details: { ...subject(letter), reason } });
  return 'done';
}

export type RedriveClaim =
  | {
      readonly kind: 'claimed';
      readonly letter: DeadLetter & { readonly body: string };
      /** It was put back: closes it. Audited. */
      succeeded(): Promise<void>;
      /** It was not put back: it is open again. */
      failed(): Promise<void>;
    }
  | { readonly kind: Exclude<CloseOutcome, 'done'> };

/** Makes the caller the only one who puts this dead letter back; one whose caller died is free again after a minute. */
export async function claimRedrive(table: Table, id: string, operator: string, now: Date): Promise<RedriveClaim> {
  const letter = await showDeadLetter(table, id);
  if (letter === undefined) return { kind: 'notFound' };
  const claim = crypto.randomUUID();
  const claimed = await change(
    table,
    id,
    'SET #status = :redriving, redriveStartedAt = :now, redriveClaim = :claim, redrives = redrives + :one',
    isOpenCondition,
    {
      ...isOpenValues(now),
      ':now': now.toISOString(),
      ':claim': claim,
      ':one': 1,
    },
  );
  if (!claimed) return { kind: await whyNot(table, id) };
  return {
    kind: 'claimed',
    letter,
    async succeeded() {
      const closed = await change(
        table,
        id,
        'SET #status = :redriven, closedAt = :now, closedBy = :operator, expiresAt = :expiresAt',
        'redriveClaim = :claim',
        {
          ':redriven': 'redriven',
          ':now': now.toISOString(),
          ':operator': operator,
          ':expiresAt': expiresInDays(now, closedKeptDays),
          ':claim': claim,
        },
      );
      if (!closed) return;
      await expireBody(table, letter, now);
      await audit(table, { action: 'redrive-dead-letter', operator, at: now, details: subject(letter) });
    },
    async failed() {
      await change(table, id, 'SET #status = :open', 'redriveClaim = :claim', { ':open': 'open', ':claim': claim });
    },
  };
}

const subject = ({ id, source, account, resource, code }: DeadLetter) => ({
  id,
  source,
  code,
  ...(account !== undefined && { account }),
  ...(resource !== undefined && { resource }),
});

async function readLetter(table: Table, id: string): Promise<DeadLetter | undefined> {
  const item = await readItem(table, keyOf(id));
  return item && deadLetterSchema.parse(item);
}

async function whyNot(table: Table, id: string): Promise<Exclude<CloseOutcome, 'done'>> {
  const letter = await readLetter(table, id);
  if (letter === undefined) return 'notFound';
  return letter.status === 'redriven' || letter.status === 'discarded' ? 'alreadyClosed' : 'inProgress';
}

/** Returns false when the condition does not hold. */
const change = (
  table: Table,
  id: string,
  expression: string,
  condition: string,
  values: Readonly<Record<string, string | number>>,
): Promise<boolean> =>
  isCarriedOut(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(id),
        UpdateExpression: expression,
        ConditionExpression: condition,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: values,
      }),
    ),
  );

async function expireBody(table: Table, { id, bodyParts }: DeadLetter, now: Date): Promise<void> {
  for (let index = 0; index < bodyParts; index++) {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: partKey(id, index),
        UpdateExpression: 'SET expiresAt = :expiresAt',
        ExpressionAttributeValues: { ':expiresAt': expiresInDays(now, closedKeptDays) },
      }),
    );
  }
}
