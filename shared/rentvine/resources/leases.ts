import { list } from '../reader.ts';
import type { Resource } from '../resource.ts';
import { boolean, date, dateTime, id, object, text } from '../values.ts';

const tenantOnLease = object({ contactId: id, name: text, email: text, phone: text, isActive: boolean });
const balances = object({}, ['unpaidTotalAmount', 'unpaidRentAmount', 'pastDueTotalAmount', 'pastDueRentAmount']);
const unpaidCharge = object({ chargeId: id, isOverdue: boolean }, ['amount', 'amountUnpaid', 'unpaidAmount']);

/** Rentvine's primaryLeaseStatusID of an active lease. */
const active = '2';

export const leases: Resource<'leases'> = {
  name: 'leases',
  listPath: '/leases/export',
  onePath: '/leases/{id}',
  rowKey: 'lease',
  idField: 'leaseId',
  read: object({
    leaseId: id,
    code: text,
    propertyId: id,
    unitId: id,
    primaryLeaseStatusId: id,
    leaseStatusId: id,
    moveInDate: date,
    moveOutDate: date,
    startDate: date,
    endDate: date,
    closedDate: date,
    noticeDate: date,
    expectedMoveOutDate: date,
    increaseEligibilityDate: date,
    tenants: list(tenantOnLease),
    dateTimeCreated: dateTime,
    dateTimeModified: dateTime,
  }),
  siblings: { balances, unpaidCharges: list(unpaidCharge) },
  idsFromSiblings: { propertyId: 'property', unitId: 'unit', portfolioId: 'portfolio' },
  changeFilter: { by: 'dateTimeModified' },
  activeOnly: {
    query: { 'primaryLeaseStatusIDs[]': active },
    isActive: (data) => data.primaryLeaseStatusId === undefined || data.primaryLeaseStatusId === active,
  },
  incrementalMinutes: 5,
  webhookSubjects: ['lease', 'leasecharge'],
  objectTypeId: '4',
};
