import type { Resource } from '../resource.ts';
import { boolean, id, number, object, text } from '../values.ts';

/** What a company calls the steps of its work orders; each belongs to one of Rentvine's own five. */
export const workOrderStatuses: Resource<'workOrderStatuses'> = {
  name: 'workOrderStatuses',
  // Not in the reference; clients have been seen to use it. Where it is wrong, the account's secret corrects it.
  listPath: '/maintenance/work-orders/statuses',
  rowKey: 'workOrderStatus',
  otherRowKeys: ['status'],
  idField: 'workOrderStatusId',
  otherIdFields: ['statusId'],
  read: object({
    workOrderStatusId: id,
    primaryWorkOrderStatusId: id,
    name: text,
    orderIndex: number,
    isActive: boolean,
    isSystemStatus: boolean,
  }),
  siblings: {},
  idsFromSiblings: {},
  incrementalMinutes: 60,
  webhookSubjects: [],
};
