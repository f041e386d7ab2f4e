import type { ResourceName } from '../../shared/rentvine/resource.ts';
import { type Authentication, fakeCredentials, makeAuthentication } from './authentication.ts';
import type { Clock } from './clock.ts';
import { type Listing, makeListing } from './listing.ts';
import type { AccountOptions, SimulatorOptions } from './options.ts';
import { makeSpeller, type Speller } from './wire-spelling.ts';
import { createWorld, type World } from './world.ts';

/** One company on the server, with its keys. */
export interface Account {
  readonly name: string;
  readonly world: World;
  readonly authentication: Authentication;
  readonly speller: Speller;
  /** Resources that the key's role may not read. */
  readonly forbidden: Set<ResourceName>;
  listing(resource: ResourceName): Listing;
  /** Undoes what drift did to the order of lists. */
  resetListings(): void;
}

/** @throws RangeError when the counts contradict each other */
export function makeAccount(options: AccountOptions, server: SimulatorOptions, seed: number, clock: Clock): Account {
  const size = options.size ?? server.size;
  const counts = options.counts ?? server.counts;
  const world = createWorld({
    clock,
    seed,
    ...(size !== undefined && { size }),
    ...(counts !== undefined && { counts }),
    ...(server.now !== undefined && { now: server.now }),
  });
  const fakes = fakeCredentials(options.name);
  const credentials = {
    accessKey: options.accessKey ?? fakes.accessKey,
    secret: options.secret ?? fakes.secret,
    apiKey: options.apiKey ?? fakes.apiKey,
    apiSecret: options.apiSecret ?? fakes.apiSecret,
    tenantId: options.tenantId ?? fakes.tenantId,
  };
  const listings = new Map<ResourceName, Listing>();
  return {
    name: options.name,
    world,
    authentication: makeAuthentication(credentials, clock, server.tokenLifetimeMs ?? 3_600_000),
    speller: makeSpeller({ values: server.values ?? 'mixed', keys: server.keys ?? 'ID', seed }),
    forbidden: new Set(options.forbidden ?? []),
    listing(resource) {
      let listing = listings.get(resource);
      if (listing === undefined) {
        listing = makeListing(world, resource, server.order ?? 'idAscending', seed);
        listings.set(resource, listing);
      }
      return listing;
    },
    resetListings() {
      for (const listing of listings.values()) listing.reset();
    },
  };
}
