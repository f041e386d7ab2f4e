import type { OpenWorkOrders, Priority } from './figures.ts';
import type { WorkOrderRecord } from './records.ts';

/** Rentvine's primaryWorkOrderStatusID of work orders that nobody has to do any more: closed and cancelled. */
const over: ReadonlySet<string | undefined> = new Set(['3', '5']);

/** Rentvine's priorityID. */
const priorityNames = new Map<string | undefined, Priority>([
  ['1', 'low'],
  ['2', 'medium'],
  ['3', 'high'],
]);

/**
 * Counts the work orders that somebody still has to do, by priority: pending, open and on hold, and those of a status that
 * is not known. Closed and cancelled ones are over.
 */
export function workOrderTally() {
  const open: OpenWorkOrders = { low: 0, medium: 0, high: 0, other: 0 };
  return {
    add({ primaryWorkOrderStatusId, priorityId }: WorkOrderRecord): void {
      if (!over.has(primaryWorkOrderStatusId)) open[priorityNames.get(priorityId) ?? 'other'] += 1;
    },
    result: (): OpenWorkOrders => ({ ...open }),
  };
}
