import { identityOf } from '../generator/contacts.ts';
import type { SimulatedResource } from './resource.ts';

/** Users' numbers lie far above every contact's, for they are none. */
const firstIdentity = 20_000_000;

/** The people who work with Rentvine; work orders are assigned to them. */
export const users: SimulatedResource<'users'> = {
  name: 'users',
  rowKey: 'user',
  idKey: 'userID',
  objectTypeID: 2,
  listPath: '/users',
  otherListPaths: ['/maintenance-technicians'],
  onePath: '/users/{userID}',
  count: { always: 8 },
  dates: 'none',
  make(plan, index) {
    const { name, firstName, lastName, email } = identityOf(plan, firstIdentity + index, 'tenants');
    return { userID: index + 1, name, firstName, lastName, email, roleID: 1 + (index % 3), isActive: index !== 7 };
  },
  example: { roleID: 4 },
};
