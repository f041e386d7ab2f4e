import { picked } from '../reader.ts';
import type { Resource } from '../resource.ts';
import { boolean, date, dateTime, id, object, text } from '../values.ts';
import { leases } from './leases.ts';

/** What a lease is charged every month. Which of it is rent, the account of the ledger says that it is booked on. */
export const recurringCharges: Resource<'recurringCharges'> = {
  name: 'recurringCharges',
  listPath: '/leases/{leaseId}/recurring-charges',
  parent: leases,
  rowKey: 'recurringCharge',
  otherRowKeys: ['leaseRecurringCharge', 'charge'],
  idField: 'recurringChargeId',
  otherIdFields: ['leaseRecurringChargeId', 'chargeId'],
  read: object(
    {
      recurringChargeId: id,
      leaseId: id,
      accountId: id,
      chargeAccountId: id,
      description: text,
      startDate: date,
      endDate: date,
      isActive: boolean,
      dateTimeCreated: dateTime,
      dateTimeModified: dateTime,
    },
    ['amount'],
  ),
  siblings: { account: picked({ accountId: id, isRent: boolean }) },
  idsFromSiblings: { accountId: 'account' },
  // A lease's own time of change moves with its charges.
  changeFilter: { by: 'dateTimeModified' },
  ...(leases.activeOnly && { activeOnly: { query: leases.activeOnly.query, isActive: () => true } }),
  incrementalMinutes: 60,
  webhookSubjects: [],
};
