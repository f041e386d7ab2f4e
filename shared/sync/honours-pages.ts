import { AuthenticationError, ContractError, NotFoundError } from '../errors.ts';
import type { RentvineClient } from '../rentvine/client.ts';
import type { Resource } from '../rentvine/resource.ts';
import { resources } from '../rentvine/resources/catalogue.ts';

const rowsAskedFor = 5;
const maxLists = 4;
/** Lists that have many rows in most companies. */
const longLists: readonly string[] = ['transactions', 'leases', 'units', 'tenants', 'workOrders', 'bills'];

/**
 * Whether an account's server honours `page`, as far as lists other than the one of `resource` show it: one whose second page
 * holds other rows than its first is enough.
 *
 * @throws PlatformError what a read threw that may pass by itself
 */
export async function honoursPagesElsewhere(client: RentvineClient, resource: Resource): Promise<boolean> {
  const others = resources.filter(({ name }) => name !== resource.name && longLists.includes(name)).slice(0, maxLists);
  for (const other of others) {
    try {
      const [first, second] = [await firstIdOf(client, other, 1), await firstIdOf(client, other, 2)];
      if (first !== undefined && second !== undefined && first !== second) return true;
    } catch (error) {
      const saysNothing =
        error instanceof NotFoundError || error instanceof ContractError || error instanceof AuthenticationError;
      if (!saysNothing) throw error;
    }
  }
  return false;
}

async function firstIdOf(client: RentvineClient, resource: Resource, page: number): Promise<string | undefined> {
  const { ids } = await client.listPage(resource, { page, pageSize: rowsAskedFor });
  return ids[0];
}
