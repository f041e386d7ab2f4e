import type { Resource } from '../resource.ts';
import { boolean, date, dateTime, id, object, text } from '../values.ts';

declare module '../resource.ts' {
  interface ResourceNames {
    readonly workOrders: true;
  }
}

export const workOrders: Resource<'workOrders'> = {
  name: 'workOrders',
  listPath: '/maintenance/work-orders',
  onePath: '/maintenance/work-orders/{id}',
  rowKey: 'workOrder',
  idField: 'workOrderId',
  read: object(
    {
      workOrderId: id,
      workOrderNumber: text,
      propertyId: id,
      unitId: id,
      leaseId: id,
      primaryWorkOrderStatusId: id,
      workOrderStatusId: id,
      priorityId: id,
      sourceTypeId: id,
      description: text,
      isOwnerApproved: boolean,
      isVacant: boolean,
      isSharedWithTenant: boolean,
      isSharedWithOwner: boolean,
      vendorContactId: id,
      vendorTradeId: id,
      assignedToUserId: id,
      requestedByContactId: id,
      scheduledStartDate: date,
      scheduledEndDate: date,
      appointmentWindowStartDateTime: dateTime,
      appointmentWindowEndDateTime: dateTime,
      dateTimeCreated: dateTime,
      dateTimeModified: dateTime,
    },
    ['estimatedAmount'],
  ),
  siblings: {},
  idsFromSiblings: { propertyId: 'property', unitId: 'unit', leaseId: 'lease' },
  incrementalMinutes: 5,
  webhookSubjects: ['workorder'],
  objectTypeId: '16',
};
