import type { OpenWorkOrders, Priority } from './figures.ts';
import type { WorkOrderRecord } from './records.ts';

/** Rentvine's primaryWorkOrderStatusID of a closed work order. */
const closed = '3';

/** Rentvine's priorityID. */
const priorityNames = new Map<string | undefined, Priority>([
  ['1', 'low'],
  ['2', 'medium'],
  ['3', 'high'],
]);

/**
 * Counts the work orders that somebody still has to do, by priority: pending, open and on hold, and those of a status that
 * is not known. Only closed ones are done.
 */
export function workOrderTally() {
  const open: OpenWorkOrders = { low: 0, medium: 0, high: 0, other: 0 };
  return {
    add({ primaryWorkOrderStatusId, priorityId }: WorkOrderRecord): void {
      if (primaryWorkOrderStatusId !== closed) open[priorityNames.get(priorityId) ?? 'other'] += 1;
    },
    result: (): OpenWorkOrders => ({ ...open }),
  };
}
