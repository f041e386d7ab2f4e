import type { Change } from '../company/world.ts';
import { numberAt, type WireObject, type WireValue } from '../generator/wire-object.ts';
import { resourceByName, resources } from '../resources/catalogue.ts';
import type { SimulatedResource, WebhookRules } from '../resources/resource.ts';
import type { EventWays } from './event-ways.ts';

/** One event before it is signed. */
export interface WebhookEvent {
  readonly eventType: string;
  /** The name in the older platform's dialect: `work_order.updated`. */
  readonly olderName: string;
  readonly objectID: string;
  readonly event: WireObject;
  readonly data: WireObject;
}

/** In what a webhook says beside the ids: it may go nowhere, so that a test can search for it. */
export const hearsayMarker = 'HEARSAY-';

type Resource = SimulatedResource & { readonly webhook: WebhookRules };

/** The events of one change: none for deletions and for objects that Rentvine has no events for. */
export function eventsOf({ resource: name, id, type, before = {}, after }: Change, ways: EventWays): WebhookEvent[] {
  const { webhook, ...resource } = resourceByName(name);
  if (webhook === undefined || type === 'deleted' || after === undefined) return [];
  if (webhook.sentFor?.(after) === false) return [];
  return [eventOf({ ...resource, webhook }, id, type, changesBetween(before, after), after, ways)];
}

/** An event of a kind that a server of tomorrow might send about the same change. */
export function unknownEvent({ event, data }: WebhookEvent): WebhookEvent {
  const eventType = 'screening::scoreRecalculated';
  return {
    eventType,
    olderName: 'screening.recalculated',
    objectID: '5',
    event: { ...event, eventType, objectID: '5', objectTypeID: '77' },
    data,
  };
}

function eventOf(
  resource: Resource,
  id: number,
  type: 'created' | 'updated',
  changes: readonly FieldChange[],
  after: WireObject,
  ways: EventWays,
): WebhookEvent {
  const eventType = eventName(resource.webhook, type, ways.eventNames);
  const about = subjectIDs(resource, id, after, ways);
  return {
    eventType,
    olderName: eventName(resource.webhook, type, 'snake'),
    objectID: String(id),
    event: {
      eventType,
      ...about,
      userID: ways.userId,
      ...spelledChanges(changes, ways.changes),
      options: { note: `${hearsayMarker}text of a mail` },
    },
    data: dataOf(resource, id, after, ways),
  };
}

function eventName({ namespace, subject }: WebhookRules, verb: string, names: EventWays['eventNames']): string {
  const spaced = subject.replaceAll(/([A-Z])/g, ' $1');
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  switch (names) {
    case 'namespaced':
      return `${namespace}::${subject}${capital(verb)}`;
    case 'nested':
      return `${namespace}::${subject}::${verb}`;
    case 'words':
      return `${capital(spaced)} ${capital(verb)}`;
    case 'snake':
      return `${spaced.replaceAll(' ', '_').toLowerCase()}.${verb}`;
    case 'plain':
      return `${subject}.${verb}`;
  }
}

function subjectIDs(resource: Resource, id: number, after: WireObject, ways: EventWays): WireObject {
  const parent = parentOf(resource, after);
  const isParent = ways.objectIds === 'parent' && parent !== undefined;
  const typeID = isParent ? parent.objectTypeID : resource.objectTypeID;
  return {
    ...(ways.objectIds !== 'missing' && { objectID: String(isParent ? numberAt(after, parent.idKey) : id) }),
    ...(ways.objectTypeIds !== 'missing' && typeID !== undefined && { objectTypeID: String(typeID) }),
  };
}

/** What the object belongs to: the lease of a charge, the property of a unit. */
function parentOf({ idKey, webhook }: Resource, after: WireObject): SimulatedResource | undefined {
  const keys = [webhook.parentKey, 'propertyID', 'portfolioID'];
  const key = keys.find((candidate) => candidate !== idKey && numberAt(after, candidate ?? '') !== undefined);
  return resources.find((resource) => resource.idKey === key);
}

function dataOf({ idKey, webhook }: Resource, id: number, after: WireObject, { data }: EventWays): WireObject {
  if (data === 'whole') return { ...asText(after), [idKey]: String(id) };
  const keys = ['propertyID', ...(webhook.parentKey === undefined ? [] : [webhook.parentKey])];
  const parents = keys.filter((key) => numberAt(after, key) !== undefined).map((key) => [key, String(after[key])]);
  return { [idKey]: String(id), ...Object.fromEntries(parents) };
}

/** Rentvine writes most numbers as texts. */
const asText = (object: WireObject): WireObject =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, typeof value === 'number' ? String(value) : value]),
  );

interface FieldChange {
  readonly field: string;
  readonly previous: WireValue;
  readonly current: WireValue;
}

function changesBetween(before: WireObject, after: WireObject): FieldChange[] {
  const changed = Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return changed.map((field) => ({ field, previous: before[field] ?? null, current: after[field] ?? null }));
}

function spelledChanges(changes: readonly FieldChange[], way: EventWays['changes']): WireObject {
  const asObject = (some: readonly FieldChange[]): WireObject =>
    Object.fromEntries(some.map(({ field, previous, current }) => [field, { previous, current }]));
  switch (way) {
    case 'none':
      return {};
    case 'list':
      return { changes: changes.map(({ field, previous, current }) => ({ field, previous, current })) };
    case 'incomplete':
      return { changes: asObject(changes.filter((_, index) => index % 2 === 1)) };
    case 'object':
      return { changes: asObject(changes) };
  }
}
