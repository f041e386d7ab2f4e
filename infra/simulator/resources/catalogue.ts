import { applications } from './applications.ts';
import { bills } from './bills.ts';
import { customFields } from './custom-fields.ts';
import { files } from './files.ts';
import { glAccounts } from './gl-accounts.ts';
import { inspections } from './inspections.ts';
import { leases } from './leases.ts';
import { ledgers } from './ledgers.ts';
import { materials } from './materials.ts';
import { objectTypes } from './object-types.ts';
import { owners } from './owners.ts';
import { portfolios } from './portfolios.ts';
import { properties } from './properties.ts';
import { prospects } from './prospects.ts';
import { recurringCharges } from './recurring-charges.ts';
import { renewals } from './renewals.ts';
import type { SimulatedResource } from './resource.ts';
import { tenants } from './tenants.ts';
import { transactionEntries } from './transaction-entries.ts';
import { transactions } from './transactions.ts';
import { units } from './units.ts';
import { users } from './users.ts';
import { vendorTrades } from './vendor-trades.ts';
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
  transactionEntries,
  ledgers,
  inspections,
  files,
  materials,
  objectTypes,
  customFields,
  vendorTrades,
} satisfies Readonly<Record<string, SimulatedResource>>;

/** Everything that the simulator serves lists of: more than the platform keeps. */
export type ResourceName = keyof typeof byName;

export const resources: readonly SimulatedResource<ResourceName>[] = Object.values(byName);

export const isResourceName = (name: string): name is ResourceName => Object.hasOwn(byName, name);

export const resourceByName = (name: ResourceName): SimulatedResource<ResourceName> => byName[name];
