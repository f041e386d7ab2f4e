import type { Resource } from '../resource.ts';
import { applications } from './applications.ts';
import { bills } from './bills.ts';
import { glAccounts } from './gl-accounts.ts';
import { leases } from './leases.ts';
import { owners } from './owners.ts';
import { portfolios } from './portfolios.ts';
import { properties } from './properties.ts';
import { prospects } from './prospects.ts';
import { recurringCharges } from './recurring-charges.ts';
import { renewals } from './renewals.ts';
import { tenants } from './tenants.ts';
import { transactions } from './transactions.ts';
import { units } from './units.ts';
import { users } from './users.ts';
import { vendors } from './vendors.ts';
import { workOrderStatuses } from './work-order-statuses.ts';
import { workOrders } from './work-orders.ts';

const byName = {
  portfolios,
  properties,
  units,
  leases,
  tenants,
  owners,
  vendors,
  workOrders,
  transactions,
  applications,
  bills,
  prospects,
  renewals,
  recurringCharges,
  glAccounts,
  users,
  workOrderStatuses,
} satisfies { readonly [Name in string]: Resource<Name> };

/** Everything the platform keeps a copy of. */
export type ResourceName = keyof typeof byName;

/** The table: every resource that is kept, in the order in which people read about them. */
export const resources: readonly Resource<ResourceName>[] = Object.values(byName);

export const isResourceName = (name: string): name is ResourceName => Object.hasOwn(byName, name);

export const resourceByName = (name: ResourceName): Resource<ResourceName> => byName[name];
