import { contactFieldsAnd } from '../contact-fields.ts';
import type { Resource } from '../resource.ts';
import { boolean, id, object, text } from '../values.ts';

/** The people who work with Rentvine: work orders are assigned to them, and webhooks say which of them acted. */
export const users: Resource<'users'> = {
  name: 'users',
  listPath: '/users',
  rowKey: 'user',
  idField: 'userId',
  read: object({ userId: id, name: text, firstName: text, lastName: text, email: text, roleId: id, isActive: boolean }),
  keeps: contactFieldsAnd('userRoleId isTechnician'),
  siblings: {},
  idsFromSiblings: {},
  incrementalMinutes: 60,
  webhookSubjects: [],
};
