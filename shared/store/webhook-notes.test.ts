import { describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { takeHintedDeletion } from './hinted-deletions.ts';
import { countTry, noteFailure, readFailure } from './message-failures.ts';
import { noteUnknownEvent, unknownEvents } from './unknown-events.ts';

const tables = emptyTables();

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

describe('unknown events', () => {
  const note = (kind: string, eventType: string, seconds: number) =>
    noteUnknownEvent(
      tables.state,
      { account: 'acme', kind, eventType, reason: 'its event type is not known', correlationId: `c-${seconds}` },
      at(seconds),
    );

  it('are counted by kind, with the first and the last time', async () => {
    await note('petadopted', 'Pet Adopted', 0);
    await note('petadopted', 'pet.adopted', 9);
    await note('petlost', 'petLost', 5);
    expect(await unknownEvents(tables.state, 'acme')).toMatchObject([
      { eventType: 'pet.adopted', count: 2, firstSeenAt: at(0).toISOString(), lastSeenAt: at(9).toISOString() },
      { eventType: 'petLost', count: 1, correlationId: 'c-5' },
    ]);
    expect(await unknownEvents(tables.state, 'zenith')).toEqual([]);
  });

  it('do not fill the table, whatever is sent', async () => {
    for (let index = 0; index < 210; index++) await note(`kind-${index}`, 'any', index);
    expect(await unknownEvents(tables.state, 'acme')).toHaveLength(200);
    await note('kind-7', 'any', 300);
    expect((await unknownEvents(tables.state, 'acme'))[0]).toMatchObject({ count: 2 });
  });
});

it('remembers why a message failed the last time, since when and how often', async () => {
  const note = (code: string, failures: number, seconds: number) =>
    noteFailure(tables.state, 'm-1', { code, message: `${code} it is`, account: 'acme' }, failures, at(seconds));
  expect(await readFailure(tables.state, 'm-1')).toBeUndefined();
  await note('UNAVAILABLE', 1, 0);
  expect(await countTry(tables.state, 'm-1', at(8))).toBe(1);
  await note('CONTRACT', 2, 8);
  expect(await readFailure(tables.state, 'm-1')).toEqual({
    code: 'CONTRACT',
    message: 'CONTRACT it is',
    account: 'acme',
    failures: 2,
    firstFailedAt: at(0).toISOString(),
    lastFailedAt: at(8).toISOString(),
  });
});

it('allows so many deletions by webhooks a day, resource by resource', async () => {
  const take = async (resource: string, seconds: number, limit = 3) =>
    takeHintedDeletion(tables.state, { account: 'acme', resource }, limit, at(seconds));
  const today = await Promise.all([1, 2, 3, 4, 5].map(() => take('leases', 0)));
  expect(today.filter(Boolean)).toHaveLength(3);
  expect(await take('units', 0)).toBe(true);
  expect(await take('leases', 86_399)).toBe(false);
  expect(await take('leases', 86_400)).toBe(true);
  expect(await take('bills', 0, 0)).toBe(false);
});
