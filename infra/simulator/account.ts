import { type Authentication, fakeCredentials, makeAuthentication } from './authentication.ts';
import type { Clock } from './clock.ts';
import { createWorld } from './company/create-world.ts';
import type { World } from './company/world.ts';
import type { WireObject } from './generator/wire-object.ts';
import type { AccountOptions, SimulatorOptions } from './options.ts';
import type { ResourceName } from './resources/catalogue.ts';
import { type Listing, makeListing } from './server/listing.ts';
import { makeNarrowing, type Narrowing } from './server/narrowing.ts';
import { makeSpeller, type Speller } from './server/wire-spelling.ts';
import { type Ways, type WaysInput, waysSchema } from './ways.ts';

/** One company on the server, with its keys and its server's ways. */
export interface Account {
  readonly name: string;
  readonly world: World;
  readonly authentication: Authentication;
  readonly ways: Ways;
  readonly speller: Speller;
  readonly narrowing: Narrowing;
  /** The bytes of files that were uploaded, by fileID. */
  readonly uploads: Map<number, Uint8Array>;
  /** Chat messages by `<chatObjectTypeID>/<objectID>`. */
  readonly chats: Map<string, readonly WireObject[]>;
  /** Changes some of the ways (`WaysInput`), from the next request on. @throws ZodError when they do not fit */
  behave(ways: Readonly<Record<string, unknown>>): void;
  listing(resource: ResourceName): Listing;
  /** Undoes what drift did to the order of lists. */
  resetListings(): void;
}

/**
 * @throws RangeError when the counts contradict each other
 * @throws ZodError when a way does not fit
 */
export function makeAccount(options: AccountOptions, server: SimulatorOptions, seed: number, clock: Clock): Account {
  const world = createWorld({ clock, ...companyOf(server), ...companyOf(options), seed });
  const fakes = fakeCredentials(options.name);
  const credentials = {
    accessKey: options.accessKey ?? fakes.accessKey,
    secret: options.secret ?? fakes.secret,
    apiKey: options.apiKey ?? fakes.apiKey,
    apiSecret: options.apiSecret ?? fakes.apiSecret,
    tenantId: options.tenantId ?? fakes.tenantId,
  };
  let listings = new Map<ResourceName, Listing>();
  let ways = waysSchema.parse({ ...waysOf(server), ...waysOf(options) });
  let speller = makeSpeller({ ...ways, seed });
  const narrowing = makeNarrowing(world, () => ways.sees);

  return {
    name: options.name,
    world,
    authentication: makeAuthentication(credentials, clock, server.tokenLifetimeMs ?? 3_600_000),
    narrowing,
    uploads: new Map(),
    chats: new Map(),
    get ways() {
      return ways;
    },
    get speller() {
      return speller;
    },
    behave(changes) {
      const before = ways;
      ways = waysSchema.parse({ ...ways, ...changes });
      speller = makeSpeller({ ...ways, seed });
      if (ways.order !== before.order) listings = new Map();
    },
    listing(resource) {
      let listing = listings.get(resource);
      if (listing === undefined) {
        listing = makeListing(world, resource, ways.order, seed);
        listings.set(resource, listing);
      }
      return listing;
    },
    resetListings() {
      for (const listing of listings.values()) listing.reset();
    },
  };
}

const companyKeys = ['size', 'counts', 'now', 'placeholderRents', 'personal'] as const;

const companyOf = (options: Partial<SimulatorOptions>): Partial<SimulatorOptions> => only(options, companyKeys);
const waysOf = (options: WaysInput): WaysInput => only(options, waysSchema.keyof().options);

/** Some of an object's members, without those that are undefined. */
function only<T extends object>(object: T, keys: readonly string[]): Partial<T>;
function only(object: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]));
}
