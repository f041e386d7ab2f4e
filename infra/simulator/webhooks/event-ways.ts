import * as z from 'zod';
import type { Help } from '../ways.ts';

export const eventNameWays = ['namespaced', 'nested', 'plain', 'words', 'snake'] as const;
export const changesWays = ['object', 'list', 'incomplete', 'none'] as const;

/** What nobody has published about the content of webhooks, as this server does it; each alone and together. */
export const eventWaysSchema = z.object({
  /**
   * - `namespaced`: `maintenance::workOrderUpdated`
   * - `nested`: `property::unit::updated`
   * - `plain`: `workOrder.updated`
   * - `words`: `Work Order Updated`
   * - `snake`: `work_order.updated`
   */
  eventNames: z.enum(eventNameWays).default('namespaced'),
  /** Whose id `event.objectID` is, with its type: the object's, nobody's, or its property's or lease's. */
  objectIds: z.enum(['own', 'missing', 'parent']).default('own'),
  objectTypeIds: z.enum(['own', 'missing']).default('own'),
  /** How `event.changes` says what changed: an object, a list, every second field only, or not at all. */
  changes: z.enum(changesWays).default('object'),
  /** What `data` is: the whole object, or ids and nothing else. */
  data: z.enum(['whole', 'ids']).default('whole'),
  /** Who acted. */
  userId: z.string().default('1'),
  /** Share of changes that also send an event with a name that nobody has heard of. */
  unknownEvents: z.number().min(0).max(1).default(0),
});

export type EventWays = z.output<typeof eventWaysSchema>;
export type EventWaysInput = Partial<EventWays>;

/** What each way means, for people. */
export const eventWaysHelp: Readonly<Record<keyof EventWays, Help>> = {
  eventNames: { meaning: 'spelling of webhook event names', values: eventNameWays.join(', ') },
  objectIds: { meaning: 'whose id event.objectID is', values: 'own, missing, parent' },
  objectTypeIds: { meaning: 'whether event.objectTypeID is sent', values: 'own, missing' },
  changes: { meaning: 'how event.changes says what changed', values: changesWays.join(', ') },
  data: { meaning: 'what data holds', values: 'whole, ids' },
  userId: { meaning: 'event.userID, who acted', values: 'a text; default 1' },
  unknownEvents: { meaning: 'share of changes that also send an event of an unknown name', values: '0 to 1' },
};
