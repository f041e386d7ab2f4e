import type { Resource } from '../rentvine/resource.ts';
import { type ResourceName, resourceByName, resources } from '../rentvine/resources/catalogue.ts';
import { subjectsOf } from './event-type.ts';
import type { WebhookHint } from './hint.ts';

/** An object that a hint points at. */
export interface HintTarget {
  readonly resource: Resource<ResourceName>;
  readonly id: string;
}

export interface HintMeaning {
  /** Objects to read. More than one only where the object's type does not tell which it is: then those that are stored. */
  readonly targets: readonly HintTarget[];
  /** The lease whose recent transactions changed too. */
  readonly leaseWithTransactions?: string;
  /** Why an operator should see it: its event is not known, or nothing says which object it is about. */
  readonly unknown?: string;
}

type Pointers = Pick<WebhookHint, 'objectId' | 'objectTypeId' | 'ids'>;

const leaseCharge = 'leasecharge';
const pluralOf = (subject: string): string => (subject.endsWith('y') ? `${subject.slice(0, -1)}ies` : `${subject}s`);

const subjects = new Map(
  resources.flatMap((resource) =>
    resource.webhookSubjects.flatMap((subject) =>
      [subject, pluralOf(subject)].map((name) => [name, { subject, resource }] as const),
    ),
  ),
);
const knownTypes: ReadonlySet<string | undefined> = new Set(resources.map(({ objectTypeId }) => objectTypeId));

/**
 * What a hint means, by the resource table: first by the event's subject, then by the object's type. Never throws; what
 * cannot be understood is `unknown`.
 */
export function meaningOf(hint: Pointers & Pick<WebhookHint, 'eventType'>): HintMeaning {
  const unknown = 'its event type is not known';
  for (const { name, isCertain } of subjectsOf(hint.eventType)) {
    const found = subjects.get(name);
    if (found === undefined) continue;
    const { subject, resource } = found;
    // A charge's own object is the charge, so that only an object of the lease's type counts there.
    const id = isCertain && subject !== leaseCharge ? idFor(resource, hint) : ownId(resource, hint);
    // What an unknown thing belongs to may have changed with it, but the event is still one that we lack.
    if (!isCertain) return id === undefined ? byType(hint, unknown) : { targets: [{ resource, id }], unknown };
    if (id === undefined) return { targets: [], unknown: `it does not say which of ${resource.name} it is about` };
    return { targets: [{ resource, id }], ...(subject === leaseCharge && { leaseWithTransactions: id }) };
  }
  return byType(hint, unknown);
}

function byType({ objectId, objectTypeId }: Pointers, unknown: string): HintMeaning {
  if (objectId === undefined || objectTypeId === undefined) return { targets: [], unknown };
  const ofType = resources.filter(
    (resource) => resource.objectTypeId === objectTypeId && resource.onePath !== undefined,
  );
  return { targets: ofType.map((resource) => ({ resource, id: objectId })), unknown };
}

/** The id that is surely one of the resource's: the objectID with its type, or its own id in the data. */
function ownId(resource: Resource, { objectId, objectTypeId, ids }: Pointers): string | undefined {
  if (objectId !== undefined && objectTypeId !== undefined && objectTypeId === resource.objectTypeId) return objectId;
  return ids[resource.idField];
}

/** An objectID may come without its type, or with one that is published for no resource; it is never one of another type. */
function idFor(resource: Resource, pointers: Pointers): string | undefined {
  const { objectId, objectTypeId } = pointers;
  const mayBeIts = objectTypeId === undefined || (resource.objectTypeId === undefined && !knownTypes.has(objectTypeId));
  return ownId(resource, pointers) ?? (mayBeIts ? objectId : undefined);
}

/** The resource whose records are the recent transactions of a lease. */
export const transactionsResource = resourceByName('transactions');
