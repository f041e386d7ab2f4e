import { isObject } from '../keys.ts';
import type { Resource } from '../resource.ts';
import { contactResource } from './contact.ts';
import { leases } from './leases.ts';

export const tenants: Resource<'tenants'> = {
  ...contactResource('tenants', 30),
  // Nothing of a contact says which leases it has.
  activeOnly: {
    query: {},
    isActive: () => true,
    namedBy: {
      resource: leases,
      ids: ({ tenants: onLease }) =>
        (Array.isArray(onLease) ? onLease : []).flatMap((tenant: unknown) =>
          isObject(tenant) && typeof tenant.contactId === 'string' ? [tenant.contactId] : [],
        ),
    },
  },
};
