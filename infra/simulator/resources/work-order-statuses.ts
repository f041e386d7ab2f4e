import type { SimulatedResource } from './resource.ts';

const primaries = ['Pending', 'Open', 'Closed', 'On Hold', 'Cancelled'];
const names = ['', ', waiting for parts', ', with the owner'];

/** The id of one of the statuses that a company has made below a primary one. */
export const workOrderStatusID = (primary: number, which: number): number =>
  (primary - 1) * names.length + (which % names.length) + 1;

/** The statuses of work orders: each belongs to one of Rentvine's own five. */
export const workOrderStatuses: SimulatedResource<'workOrderStatuses'> = {
  name: 'workOrderStatuses',
  rowKey: 'workOrderStatus',
  idKey: 'workOrderStatusID',
  // The reference and the clients disagree about the path; both have been seen.
  listPath: '/maintenance/work-orders/statuses',
  otherListPaths: ['/maintenance/work-order/statuses'],
  onePath: '/maintenance/work-orders/statuses/{workOrderStatusID}',
  count: { always: primaries.length * names.length },
  dates: 'none',
  make(_, index) {
    const primary = Math.floor(index / names.length);
    return {
      workOrderStatusID: index + 1,
      primaryWorkOrderStatusID: primary + 1,
      name: `${primaries[primary] ?? 'Other'}${names[index % names.length] ?? ''}`,
      orderIndex: index,
      isSystemStatus: index % names.length === 0,
    };
  },
  example: { name: 'Renamed' },
};
