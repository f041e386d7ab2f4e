import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import { matchesPattern } from './event-pattern.ts';

/** An event as rules match it and targets receive it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface BusRule {
  readonly name: string;
  readonly bus: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  deliver(event: BusEvent): Promise<void>;
}

export interface EventBuses {
  /** @throws AwsError */
  execute(operation: string, body: unknown): unknown;
  createBus(name: string): void;
  addRule(rule: BusRule): void;
  /** The newest events that a bus accepted, oldest first, and how many there were in all. */
  seen(): { count: number; events: readonly (BusEvent & { readonly bus: string })[] };
  /** Deliveries that have not ended. */
  active(): number;
}

/** PutEvents takes at most this much, all entries of a request together. */
const maximumBytes = 256 * 1024;
const remembered = 10_000;

const entrySchema = z.looseObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  Time: z.union([z.number(), z.string()]).optional(),
});

type Entry = z.infer<typeof entrySchema>;

const putEvents = z.looseObject({ Entries: z.array(entrySchema) });
const jsonObject = z.record(z.string(), z.unknown());

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
function entryBytes(entry: Entry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), entry.Time === undefined ? 0 : 14);
}

function parseDetail(detail: string): Record<string, unknown> | undefined {
  try {
    return jsonObject.safeParse(JSON.parse(detail)).data;
  } catch {
    return undefined;
  }
}

/** EventBridge buses on one machine: PutEvents with the service's limits, and rules that deliver to targets. */
export function startEventBuses(options: {
  region: string;
  accountId: string;
  onEvent: (event: BusEvent & { readonly bus: string }) => void;
}): EventBuses {
  const buses = new Set(['default']);
  const rules: BusRule[] = [];
  const events: (BusEvent & { readonly bus: string })[] = [];
  let count = 0;
  let active = 0;

  function put(entry: Entry): Record<string, string> {
    const bus = (entry.EventBusName ?? 'default').split('/').at(-1) ?? '';
    for (const field of ['Source', 'DetailType', 'Detail'] as const) {
      if (!entry[field]) {
        return {
          ErrorCode: 'InvalidArgument',
          ErrorMessage: `Parameter ${field} is not valid. Reason: ${field} is a required argument.`,
        };
      }
    }
    const detail = parseDetail(entry.Detail ?? '');
    if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    if (!buses.has(bus)) {
      return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${bus} does not exist.` };
    }
    const time = typeof entry.Time === 'number' ? entry.Time * 1000 : (entry.Time ?? Date.now());
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType ?? '',
      source: entry.Source ?? '',
      account: options.accountId,
      time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: options.region,
      resources: entry.Resources ?? [],
      detail,
    };
    count += 1;
    events.push({ ...event, bus });
    if (events.length > remembered) events.shift();
    options.onEvent({ ...event, bus });
    for (const rule of rules) {
      if (rule.bus !== bus || !matchesPattern(rule.pattern, event)) continue;
      active += 1;
      void rule.deliver(event).finally(() => {
        active -= 1;
      });
    }
    return { EventId: event.id };
  }

  return {
    execute(operation, body) {
      if (operation !== 'PutEvents') throw unsupportedOperation('EventBridge', operation);
      const parsed = putEvents.safeParse(body);
      if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
      const { Entries: entries } = parsed.data;
      if (entries.length === 0 || entries.length > 10) {
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and 10`,
        );
      }
      if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > maximumBytes) {
        throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
      }
      const answers = entries.map(put);
      return { FailedEntryCount: answers.filter((answer) => answer.ErrorCode).length, Entries: answers };
    },
    createBus: (name) => buses.add(name),
    addRule: (rule) => rules.push(rule),
    seen: () => ({ count, events: [...events] }),
    active: () => active,
  };
}
