import type { Resource, ResourceName } from '../../shared/rentvine/resource.ts';
import { numberAt, objectsAt, type WireObject } from './generator/wire-object.ts';
import { wireNames } from './wire-names.ts';

/** What the builder of rows has to look up in a company. */
export interface RowSource {
  get(resource: ResourceName, id: number | undefined): WireObject | undefined;
  balances(leaseID: number): WireObject;
  unpaidCharges(leaseID: number): readonly WireObject[];
}

/** A row: its object by name, and what stands beside it. */
export type Row = ReadonlyMap<string, WireObject | readonly WireObject[]>;

type Sibling = 'balances' | 'unpaidCharges' | 'property' | 'unit' | 'lease' | 'ledger' | 'portfolio';

/** Which siblings a row has; the lists are those that rentvine-api.md has seen, the rest is plausible. */
const siblingsOf: Partial<Record<ResourceName, readonly Sibling[]>> = {
  properties: ['portfolio'],
  units: ['property'],
  leases: ['balances', 'unpaidCharges', 'property', 'unit', 'portfolio'],
  workOrders: ['property', 'unit'],
  transactions: ['ledger', 'portfolio', 'property', 'unit'],
  applications: ['property', 'unit'],
  bills: ['property'],
};

/**
 * The row of one object: `{ lease, balances, unpaidCharges, property, unit, portfolio }`.
 *
 * @param includes names of further parts that a single read asked for (`owners,properties`)
 */
export function rowOf(
  source: RowSource,
  resource: Resource,
  object: WireObject,
  { siblings = true, includes = [] }: { siblings?: boolean; includes?: readonly string[] } = {},
): Row {
  const { rowKey, idKey } = wireNames(resource);
  const row = new Map<string, WireObject | readonly WireObject[]>([[rowKey, object]]);
  if (!siblings) return row;
  const property = source.get('properties', numberAt(object, 'propertyID'));
  const portfolioID = numberAt(object, 'portfolioID') ?? numberAt(property, 'portfolioID');
  for (const name of siblingsOf[resource.name] ?? []) {
    const sibling = siblingOf(name);
    if (sibling !== undefined) row.set(name, sibling);
  }
  if (resource.name === 'portfolios') addIncludes();
  return row;

  function siblingOf(name: Sibling): WireObject | readonly WireObject[] | undefined {
    switch (name) {
      case 'balances':
        return source.balances(numberAt(object, idKey) ?? 0);
      case 'unpaidCharges':
        return source.unpaidCharges(numberAt(object, idKey) ?? 0);
      case 'property':
        return property;
      case 'unit':
        return source.get('units', numberAt(object, 'unitID'));
      case 'lease':
        return source.get('leases', numberAt(object, 'leaseID'));
      case 'portfolio':
        return source.get('portfolios', portfolioID);
      case 'ledger':
        return ledger(numberAt(object, 'primaryLedgerID'));
    }
  }

  function addIncludes(): void {
    if (includes.includes('owners')) {
      const owners = objectsAt(object, 'contacts').map((contact) =>
        source.get('owners', numberAt(contact, 'contactID')),
      );
      row.set(
        'owners',
        owners.filter((owner) => owner !== undefined),
      );
    }
    if (includes.includes('ledger')) row.set('ledger', ledger(numberAt(object, idKey)) ?? {});
    if (includes.includes('statementSetting')) row.set('statementSetting', { dayOfMonth: 10, isEmailed: true });
    if (includes.includes('posting')) row.set('posting', { isAutomatic: false });
  }
}

const ledger = (ledgerID: number | undefined): WireObject | undefined =>
  ledgerID === undefined ? undefined : { ledgerID, name: `Ledger ${ledgerID}`, ledgerTypeID: 1 };
