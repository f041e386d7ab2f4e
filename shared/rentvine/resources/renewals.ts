import type { Resource } from '../resource.ts';
import { date, dateTime, id, object } from '../values.ts';

/** Offers to go on with a lease. */
export const renewals: Resource<'renewals'> = {
  name: 'renewals',
  listPath: '/leases/renewals',
  rowKey: 'renewal',
  otherRowKeys: ['leaseRenewal'],
  idField: 'leaseRenewalId',
  otherIdFields: ['renewalId'],
  read: object({
    leaseRenewalId: id,
    leaseId: id,
    propertyId: id,
    unitId: id,
    leaseRenewalStatusId: id,
    startDate: date,
    endDate: date,
    dateTimeCreated: dateTime,
    dateTimeModified: dateTime,
  }),
  siblings: {},
  idsFromSiblings: { leaseId: 'lease', propertyId: 'property', unitId: 'unit' },
  incrementalMinutes: 60,
  webhookSubjects: [],
};
