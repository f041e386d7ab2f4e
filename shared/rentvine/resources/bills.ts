import type { Resource } from '../resource.ts';
import { boolean, dateTime, id, object, text } from '../values.ts';

export const bills: Resource<'bills'> = {
  name: 'bills',
  listPath: '/accounting/bills',
  onePath: '/accounting/bills/{id}',
  rowKey: 'bill',
  idField: 'billId',
  read: object(
    {
      billId: id,
      propertyId: id,
      reference: text,
      isVoided: boolean,
      dateTimeCreated: dateTime,
      dateTimeModified: dateTime,
    },
    ['amount'],
  ),
  siblings: {},
  idsFromSiblings: { propertyId: 'property' },
  incrementalMinutes: 30,
  webhookSubjects: ['bill'],
  objectTypeId: '5',
};
