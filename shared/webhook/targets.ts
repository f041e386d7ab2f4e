import type { Resource } from '../rentvine/resource.ts';
import { resourceByName, resources } from '../rentvine/resources/table.ts';
import { subjectsOf } from './event-type.ts';
import type { WebhookHint } from './hint.ts';

/** An object that a hint points at. */
export interface HintTarget {
  readonly resource: Resource;
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

const leaseCharge = 'leasecharge';

/**
 * What a hint means, by the resource table: first by the event's subject, then by the object's type. Never throws; what
 * cannot be understood is `unknown`.
 */
export function meaningOf(hint: Pick<WebhookHint, 'eventType' | 'objectId' | 'objectTypeId' | 'ids'>): HintMeaning {
  for (const subject of subjectsOf(hint.eventType)) {
    const resource = resources.find(({ webhookSubjects }) => webhookSubjects.includes(subject));
    if (resource === undefined) continue;
    const id = idFor(resource, hint, subject !== leaseCharge);
    if (id === undefined) return { targets: [], unknown: `it does not say which of ${resource.name} it is about` };
    return { targets: [{ resource, id }], ...(subject === leaseCharge && { leaseWithTransactions: id }) };
  }
  const unknown = 'its event type is not known';
  const { objectId, objectTypeId } = hint;
  if (objectId === undefined || objectTypeId === undefined) return { targets: [], unknown };
  const ofType = resources.filter(
    (resource) => resource.objectTypeId === objectTypeId && resource.onePath !== undefined,
  );
  return { targets: ofType.map((resource) => ({ resource, id: objectId })), unknown };
}

/** A charge's own object is the charge, so that only an object of the resource's type counts there. */
function idFor(
  resource: Resource,
  { objectId, objectTypeId, ids }: Pick<WebhookHint, 'objectId' | 'objectTypeId' | 'ids'>,
  objectIsResource: boolean,
): string | undefined {
  if (objectId !== undefined && objectTypeId !== undefined && objectTypeId === resource.objectTypeId) return objectId;
  return ids[resource.idField] ?? (objectIsResource && objectTypeId === undefined ? objectId : undefined);
}

/** The resource whose records are the recent transactions of a lease. */
export const transactionsResource = resourceByName('transactions');
