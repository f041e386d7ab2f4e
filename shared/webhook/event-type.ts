/** Rentvine's exact event names are not published, so names are compared without case and separators. */

const verbs = /(?:created?|updated?|deleted?|changed?|removed?|added|voided)$/;

/** `Work Order Updated`, `work_order.updated` and `workOrderUpdated` are all `workorderupdated`. */
export const normalizeEventType = (eventType: string): string => eventType.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/**
 * What an event may be about, the most specific first: `Lease Charge Created` is about `leasechargecreated`, `leasecharge`
 * or `lease`. Words are told apart by separators or capitals; without either, the verb at the end is cut off.
 */
export function subjectsOf(eventType: string): string[] {
  const words = eventType
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .slice(0, 10)
    .map((word) => word.toLowerCase());
  const byWords = words.map((_, index) => words.slice(0, words.length - index).join(''));
  const withoutVerb = normalizeEventType(eventType).replace(verbs, '');
  return [...new Set([...byWords, withoutVerb])].filter((subject) => subject !== '');
}
