import type { ResourceName } from '../../shared/rentvine/resource.ts';
import { resourceByName } from '../../shared/rentvine/resources/catalogue.ts';
import { makeAccount } from './account.ts';
import type { CompanyOptions } from './generator/company.ts';
import type { SimulatorOptions } from './options.ts';
import { servedRow } from './reads.ts';

export interface FixtureOptions extends CompanyOptions, Pick<SimulatorOptions, 'values' | 'keys'> {
  readonly now: Date;
}

/**
 * All rows of one resource as Rentvine would send them, without a server.
 *
 * @example
 * const rows = wireRows('leases', { counts: { leases: 10 }, now: new Date('2026-11-22') });
 * // [{ lease: { leaseID: '1', ... }, balances: {...}, unpaidCharges: [...], property, unit, portfolio }, ...]
 */
export function wireRows(resource: ResourceName, options: FixtureOptions): unknown[] {
  const account = makeAccount({ name: 'fixture' }, options, options.seed ?? 1, () => options.now.getTime());
  return account.world.ids(resource).map((id) => {
    const json = servedRow(account, resourceByName(resource), id);
    return json === undefined ? undefined : JSON.parse(json);
  });
}
