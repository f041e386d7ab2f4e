import * as z from 'zod/mini';
import { canonicalKey } from '../rentvine/canonical.ts';
import { isObject } from '../rentvine/keys.ts';
import { resources } from '../rentvine/resources/catalogue.ts';

/** Ids are digits as far as is known; letters are let through, but nothing that could be prose. */
const idText = z.string().check(z.regex(/^[\w-]{1,64}$/));

/** What is kept of a webhook, and queued: which object to look at and why, and nothing of what it says about it. */
export const webhookHintSchema = z.object({
  account: z.string().check(z.minLength(1)),
  /** As Rentvine spelled it. */
  eventType: z.string().check(z.minLength(1)),
  objectId: z.optional(idText),
  objectTypeId: z.optional(idText),
  /** Who acted, as Rentvine says: a program that writes to Rentvine recognises its own change by it. */
  userId: z.optional(idText),
  /** Ids beside it, under the canonical names that records use: `{ propertyId: "12" }`. */
  ids: z.record(z.string(), idText),
  correlationId: z.string().check(z.minLength(1)),
  receivedAt: z.iso.datetime(),
  /** How often it was put off because Rentvine did not answer. */
  parked: z._default(z.int().check(z.minimum(0)), 0),
  /** When it was put off for the first time. */
  parkedSince: z.optional(z.iso.datetime()),
  /** Tries that its earlier copies used up: putting a hint off takes none, and gives none back. */
  failures: z._default(z.int().check(z.minimum(0)), 0),
});
export type WebhookHint = z.output<typeof webhookHintSchema>;

const id = z.pipe(z.union([z.string().check(z.trim()), z.pipe(z.int(), z.transform(String))]), idText);
const eventTypeText = z.string().check(z.trim(), z.minLength(1), z.maxLength(100));

const bodyShape = z.object({
  event: z.record(z.string(), z.unknown()),
  data: z.catch(z.nullish(z.record(z.string(), z.unknown())), undefined),
});
const headerShape = z.object({
  event_type: eventTypeText,
  data: z.catch(z.nullish(z.record(z.string(), z.unknown())), undefined),
});

/** Ids that a record may be found or read by. */
const wantedIds: ReadonlySet<string> = new Set(
  resources.flatMap(({ idField, onePath = '' }) => [
    idField,
    ...[...onePath.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'id'),
  ]),
);

const rowKeys: ReadonlySet<string> = new Set(resources.map(({ rowKey }) => rowKey));

/** The part of a hint that a delivery says. */
export type SaidHint = Pick<WebhookHint, 'eventType' | 'objectId' | 'objectTypeId' | 'userId' | 'ids'>;

/**
 * Takes from a delivery which object it is about, in either dialect.
 *
 * @returns undefined when it has the shape of neither
 */
export function readHint(json: Readonly<Record<string, unknown>>): SaidHint | undefined {
  const inBody = bodyShape.safeParse(json);
  if (inBody.success) {
    const event = withCanonicalKeys(inBody.data.event);
    const eventType = eventTypeText.safeParse(event.get('eventType'));
    if (!eventType.success) return undefined;
    return {
      eventType: eventType.data,
      ...idAt(event, 'objectId'),
      ...idAt(event, 'objectTypeId'),
      ...idAt(event, 'userId'),
      ids: idsIn(inBody.data.data ?? {}),
    };
  }
  const inHeader = headerShape.safeParse(json);
  if (!inHeader.success) return undefined;
  const data = inHeader.data.data ?? {};
  const own = id.safeParse(data.id);
  return {
    eventType: inHeader.data.event_type,
    ...(own.success && { objectId: own.data }),
    ids: idsIn(data),
  };
}

/** Longer keys are none of Rentvine's; finding the words in one could be made to take long. */
const maxKeyLength = 64;

function withCanonicalKeys(object: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const entries = Object.entries(object).filter(([key]) => key.length <= maxKeyLength);
  return new Map(entries.map(([key, value]) => [canonicalKey(key), value]));
}

function idAt<Key extends string>(object: ReadonlyMap<string, unknown>, key: Key): Partial<Record<Key, string>> {
  const parsed = id.safeParse(object.get(key));
  const found: Partial<Record<Key, string>> = {};
  if (parsed.success) found[key] = parsed.data;
  return found;
}

/** The ids in an object, or in a row that wraps it by name as the API's rows do. */
function idsIn(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const ids: Record<string, string> = {};
  const own = withCanonicalKeys(data);
  const wrapped = [...own].flatMap(([key, value]) =>
    rowKeys.has(key) && isObject(value) ? [...withCanonicalKeys(value)] : [],
  );
  for (const [key, value] of [...wrapped, ...own]) {
    const parsed = wantedIds.has(key) ? id.safeParse(value) : undefined;
    if (parsed?.success) ids[key] = parsed.data;
  }
  return ids;
}
