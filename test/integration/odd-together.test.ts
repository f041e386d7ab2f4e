import { expect } from 'vitest';
import { pick, randomFor } from '../../infra/simulator/generator/random.ts';
import { goneSounds, listEnds, pageHeaderWays, rowOrders, type WaysInput } from '../../infra/simulator/ways.ts';
import { type EventWaysInput, eventNameWays } from '../../infra/simulator/webhooks/event-ways.ts';
import { sendWebhooks } from '../../infra/simulator/webhooks/webhooks.ts';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { onStack } from '../fixtures.ts';
import { signingKey, webhooksOf } from '../webhooks/webhook-harness.ts';
import type { Company } from './company.ts';
import { until } from './eventually.ts';
import type { Harness } from './harness.ts';

const it = onStack();

const names = ['properties', 'units', 'leases', 'workOrders', 'tenants', 'bills'] as const;

/** Every way of a server at once, as the seed has it. */
function waysOf(seed: number): { server: WaysInput; events: EventWaysInput } {
  const random = randomFor(seed, 999);
  return {
    server: {
      projections: 'real',
      gone: pick(random, goneSounds),
      listEnd: pick(random, listEnds),
      pageHeaders: pick(random, pageHeaderWays),
      pageCap: pick(random, [7, 10, 500]),
      envelope: pick(random, ['array', 'data', 'results']),
      singleReads: pick(random, ['withSiblings', 'alone', 'flat']),
      values: pick(random, ['mixed', 'strings', 'native']),
      keys: pick(random, ['ID', 'Id', 'snake']),
      order: pick(random, rowOrders),
      hidden: pick(random, ['gone', 'json403']),
    },
    events: {
      eventNames: pick(random, eventNameWays),
      objectIds: pick(random, ['own', 'missing', 'parent']),
      changes: pick(random, ['object', 'list', 'incomplete', 'none']),
      data: pick(random, ['whole', 'ids']),
      unknownEvents: 0.2,
    },
  };
}

/** Ids that are marked deleted. */
const deletedOf = async (company: Company, resource: ResourceName): Promise<string[]> =>
  [...(await company.stored(resource)).values()].filter(({ deletedAt }) => deletedAt !== undefined).map(({ id }) => id);

/** Reads everything: each resource has everything, or its run says that it has not; and nothing is deleted that is there. */
async function readsSoundly(company: Company, gone: ReadonlyMap<ResourceName, number>): Promise<number> {
  let complete = 0;
  for (const [name, run] of await company.syncAll(names, 'full')) {
    const there = company.world.ids(name).map(String);
    const stored = await company.stored(name);
    const deleted = await deletedOf(company, name);
    expect(
      deleted.filter((id) => there.includes(id)),
      `${name}: tombstones of what is there`,
    ).toEqual([]);
    if (run.status !== 'succeeded') {
      expect(['failed', 'held'], name).toContain(run.status);
      expect(run.error?.message, name).toMatch(/\S/);
      continue;
    }
    complete += 1;
    const live = [...stored.values()].filter(({ deletedAt }) => deletedAt === undefined).map(({ id }) => id);
    expect(live.sort(), `${name}: live records`).toEqual(there.sort());
    if (gone.has(name)) expect(deleted, name).toEqual([String(gone.get(name))]);
  }
  return complete;
}

async function withEverythingOdd(seed: number, harness: Harness): Promise<void> {
  const { server, events } = waysOf(seed);
  const company = await harness.company({ simulator: { ...server, personal: 'planted' }, seed });
  const { world, simulator } = company;
  const webhooks = webhooksOf(company);
  await webhooks.enable();
  const said = `${seed}: ${JSON.stringify({ server, events })}`;
  // Of lists in no order at all perhaps none can be proven to be whole; then every run says so.
  const minComplete = server.order === 'unstable' ? 0 : 1;
  expect(await readsSoundly(company, new Map()), said).toBeGreaterThanOrEqual(minComplete);

  // A key that sees less, and webhooks about what it sees and what it does not.
  const properties = world.ids('properties');
  simulator.behave({ sees: properties.slice(0, -1) });
  const sender = sendWebhooks(world, { url: webhooks.url, signingKey, ...events });
  for (const name of ['units', 'leases', 'workOrders'] as const) {
    for (const id of world.ids(name)) world.update(name, id, {});
  }
  await sender.stop();
  await until('all hints are worked off', () => webhooks.queued() === 0);
  await company.syncAll(names, 'full');
  for (const name of names) expect(await deletedOf(company, name), `${said}: ${name}`).toEqual([]);

  // It sees all again, and of some resources something is really gone.
  simulator.behave({ sees: null });
  const gone = new Map<ResourceName, number>();
  for (const name of ['workOrders', 'bills'] as const) {
    const [id = 0] = world.ids(name);
    world.delete(name, id);
    gone.set(name, id);
  }
  expect(await readsSoundly(company, gone), said).toBeGreaterThanOrEqual(minComplete);
}

const promise = 'Promises 1 and 6: with every odd way at once all is stored, or it is said that it is not (seed %s)';
it.for([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(promise, { tags: 'long' }, (seed, { harness }) =>
  withEverythingOdd(seed, harness),
);
