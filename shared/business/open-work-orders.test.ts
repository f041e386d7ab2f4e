import { expect, it } from 'vitest';
import { workOrderTally } from './open-work-orders.ts';

it('counts what is neither closed nor cancelled by priority, those of a status or priority that nobody knows too', () => {
  const tally = workOrderTally();
  for (const primaryWorkOrderStatusId of ['1', '2', '3', '4', '5', '11', undefined]) {
    for (const priorityId of ['1', '2', '2', '3', '7', undefined]) tally.add({ primaryWorkOrderStatusId, priorityId });
  }
  expect(tally.result()).toEqual({ low: 5, medium: 10, high: 5, other: 10 });
});
