import { isObject } from '../keys.ts';
import { list, type Reader } from '../reader.ts';
import type { Resource } from '../resource.ts';
import { boolean, date, dateTime, id, object, text } from '../values.ts';

const tenant = object({ contactId: id, name: text, email: text, phone: text, isActive: boolean });
/** The export has tenants as they are; a single read may have each as `{ leaseTenant: {…}, contact: {…} }`. */
const tenantOnLease: Reader = (value, problems) => {
  if (!isObject(value) || !isObject(value.contact)) return tenant(value, problems);
  const { leaseTenant, contact, ...others } = value;
  return tenant({ ...others, ...(isObject(leaseTenant) && leaseTenant), ...contact }, problems);
};
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
