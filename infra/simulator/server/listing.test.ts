import { expect, test } from 'vitest';
import { createWorld } from '../company/create-world.ts';
import { makeListing } from './listing.ts';

const world = createWorld({ clock: () => Date.parse('2026-11-22'), counts: { leases: 2_000 } });

/** A selection that counts how many objects it was asked about. */
function counted(key: string) {
  const asked = { times: 0 };
  const matches = ({ leaseID }: { readonly leaseID?: unknown }) => {
    asked.times += 1;
    return Number(leaseID) % 2 === 0;
  };
  return { asked, selection: { key, matches } };
}

test('a page costs nothing that grows with the list: neither the list nor a filter is gone through again', () => {
  const listing = makeListing(world, 'leases', 'idAscending', 1);
  const whole = { key: '', matches: () => true };
  expect(listing.ids(whole, 2)).toBe(listing.ids(whole, 1));
  const { asked, selection } = counted('even');
  const first = listing.ids(selection, 3);
  expect([first.length, asked.times]).toEqual([1_000, 2_000]);
  for (let request = 4; request < 50; request++) expect(listing.ids(selection, request)).toBe(first);
  expect(asked.times).toBe(2_000);
});

test('after a change it is, once', () => {
  const listing = makeListing(world, 'leases', 'idAscending', 1);
  const { asked, selection } = counted('even');
  listing.ids(selection, 1);
  world.delete('leases', 10);
  expect(listing.ids(selection, 2)).not.toContain(10);
  listing.ids(selection, 3);
  expect(asked.times).toBe(2_000 + 1_999);
});
