import type { Resource } from '../resource.ts';
import { boolean, id, object, text } from '../values.ts';

/**
 * The chart of accounts of the general ledger. Rentvine calls them accounts; here that is the word for a company whose data
 * is kept, so its accounts are `glAccounts`.
 */
export const glAccounts: Resource<'glAccounts'> = {
  name: 'glAccounts',
  listPath: '/accounting/accounts',
  rowKey: 'account',
  otherRowKeys: ['chartAccount', 'glAccount'],
  idField: 'accountId',
  otherIdFields: ['chartAccountId', 'glAccountId'],
  read: object({ accountId: id, number: text, name: text, accountTypeId: id, isRent: boolean, isActive: boolean }),
  siblings: {},
  idsFromSiblings: {},
  incrementalMinutes: 60,
  webhookSubjects: [],
};
