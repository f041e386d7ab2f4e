import { changeEventSchema } from '../../../shared/events/change-event-schema.ts';
import { schemaEventType } from '../../../shared/events/schema-event.ts';
import { schemaEventSchema } from '../../../shared/events/schema-event-schema.ts';
import type { Collection } from '../../../shared/store/collection.ts';
import type { LocalStack } from '../../local/start.ts';
import type { EventView } from '../view.ts';

/** The change events that the bus took, as far as the console shows them. */
export interface BusEvents {
  /** Looks for new ones. */
  update(now: Date): void;
  /** How many there were of a collection. */
  of(collection: Collection): number;
  readonly count: number;
  readonly perMinute: number;
  /** Newest first. */
  readonly recent: readonly EventView[];
}

const remembered = 30;
const minuteMs = 60_000;

/** Follows the stack's event buses. Keeps which record changed in which fields, and nothing of what they hold. */
export function followBusEvents(stack: Pick<LocalStack, 'busEvents'>): BusEvents {
  const byCollection = new Map<string, number>();
  let seen = 0;
  let perMinute = 0;
  let lastMinute: { readonly at: number; readonly count: number }[] = [];
  let recent: EventView[] = [];
  return {
    update(now) {
      const { count, events } = stack.busEvents();
      const fresh = count === seen ? [] : events.slice(-(count - seen));
      for (const event of fresh) {
        const ofFields = schemaEventSchema.safeParse(event.detail);
        if (event['detail-type'] === schemaEventType && ofFields.success) {
          const { account, resource: id, changedAt: at, changes } = ofFields.data;
          recent.push({ type: schemaEventType, id, account, at, fields: changes.map(({ field }) => field) });
          continue;
        }
        const detail = changeEventSchema.safeParse(event.detail);
        if (!detail.success) continue;
        const { account, resource, id, changedAt } = detail.data;
        const key = `${account}#${resource}`;
        byCollection.set(key, (byCollection.get(key) ?? 0) + 1);
        const fields = detail.data.change === 'updated' ? detail.data.changes.map(({ field }) => field) : [];
        recent.push({ type: event['detail-type'], id, account, at: changedAt, fields });
      }
      recent = recent.slice(-remembered);
      // An account's first event may have fallen out of what the bus remembers; then everything is counted again.
      if (fresh.length < count - seen) for (const key of byCollection.keys()) byCollection.set(key, count);
      lastMinute = [...lastMinute, { at: now.getTime(), count: count - seen }].filter(
        ({ at, count: some }) => some > 0 && at > now.getTime() - minuteMs,
      );
      perMinute = lastMinute.reduce((sum, { count: some }) => sum + some, 0);
      seen = count;
    },
    of: ({ account, resource }) => byCollection.get(`${account}#${resource}`) ?? 0,
    get count() {
      return seen;
    },
    get perMinute() {
      return perMinute;
    },
    get recent() {
      return [...recent].reverse();
    },
  };
}
