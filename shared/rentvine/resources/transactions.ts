import { anyObject, anything } from '../reader.ts';
import type { Resource } from '../resource.ts';
import { boolean, date, id, object, text } from '../values.ts';

export const transactions: Resource<'transactions'> = {
  name: 'transactions',
  listPath: '/accounting/transactions/search',
  rowKey: 'transaction',
  idField: 'transactionId',
  read: object(
    {
      transactionId: id,
      transactionTypeId: id,
      datePosted: date,
      description: text,
      reference: text,
      isVoided: boolean,
      leaseId: id,
      propertyId: id,
    },
    ['amount'],
  ),
  siblings: { ledger: anyObject, entries: anything, transactionEntries: anything },
  idsFromSiblings: { propertyId: 'property', unitId: 'unit', portfolioId: 'portfolio' },
  // Voiding flips `isVoided` on an old row and moves no date, so the window is read again every time.
  changeFilter: { by: 'datePosted', windowDays: 45 },
  incrementalMinutes: 15,
  webhookSubjects: [],
  objectTypeId: '9',
};
