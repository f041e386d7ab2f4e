import { describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import {
  claimRedrive,
  discardDeadLetter,
  isOpen,
  keepDeadLetter,
  listDeadLetters,
  type NewDeadLetter,
  showDeadLetter,
} from './dead-letters.ts';

const tables = emptyTables();

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

const letter = (id: string, rest: Partial<NewDeadLetter> = {}): NewDeadLetter => ({
  id,
  source: 'webhook-events',
  deadLetterQueue: 'webhook-events-dlq',
  account: 'acme',
  resource: 'leases',
  code: 'FORBIDDEN',
  message: 'Rentvine does not let the role read leases (403)',
  firstFailedAt: at(-60).toISOString(),
  lastFailedAt: at(-1).toISOString(),
  receiveCount: 5,
  attributes: {},
  target: { kind: 'queue', queueUrl: 'http://queue' },
  body: '{"objectId":"5"}',
  ...rest,
});

const keep = (id: string, rest?: Partial<NewDeadLetter>, seconds = 0) =>
  keepDeadLetter(tables.state, letter(id, rest), at(seconds));
const expiries = () =>
  tables.requests.filter(({ body }) => JSON.stringify(body).includes('expiresAt')).map(({ operation }) => operation);

describe('a dead letter', () => {
  it('is kept once, whole, and without an end', async () => {
    const body = 'ä€😀"\n'.repeat(60_000);
    expect(await keep('a', { body })).toBe(true);
    expect(await keep('a', { body: 'changed' })).toBe(false);
    expect(await showDeadLetter(tables.state, 'a')).toMatchObject({ status: 'open', code: 'FORBIDDEN', body });
    expect(expiries()).toEqual([]);
  });

  it('is found by source, account, resource and cause, the latest first', async () => {
    await keep('a');
    await keep('b', { account: 'zenith' }, 1);
    await keep('c', { code: 'CONTRACT', resource: 'units' }, 2);
    await keep('d', { source: 'sync-jobs' }, 3);
    const ids = async (filter?: Parameters<typeof listDeadLetters>[1]) =>
      (await listDeadLetters(tables.state, filter)).map(({ id }) => id).join('');
    expect(await ids()).toBe('dcba');
    expect(await ids({ account: 'acme' })).toBe('dca');
    expect(await ids({ code: 'CONTRACT' })).toBe('c');
    expect(await ids({ resource: 'leases', source: 'webhook-events' })).toBe('ba');
    expect(await ids({ statuses: ['discarded'] })).toBe('');
  });

  it('is discarded for a reason only, once, and stays to be seen for a while', async () => {
    await keep('a');
    const discard = (reason: string) => discardDeadLetter(tables.state, 'a', { operator: 'anna', reason }, at(10));
    await expect(discard('')).rejects.toThrow(RangeError);
    expect(await discard('not needed')).toBe('done');
    expect(await discard('again')).toBe('alreadyClosed');
    expect(await discardDeadLetter(tables.state, 'x', { operator: 'anna', reason: 'r' }, at(10))).toBe('notFound');
    expect(await listDeadLetters(tables.state)).toEqual([]);
    expect(await showDeadLetter(tables.state, 'a')).toMatchObject({
      status: 'discarded',
      closedBy: 'anna',
      closedAt: at(10).toISOString(),
      discardReason: 'not needed',
    });
    expect(expiries().length).toBeGreaterThan(0);
  });
});

describe('putting a dead letter back', () => {
  const claim = (operator: string, seconds: number) => claimRedrive(tables.state, 'a', operator, at(seconds));

  it('is for one operator at a time, and for nobody afterwards', async () => {
    await keep('a');
    const claims = await Promise.all([claim('anna', 0), claim('bert', 0), claim('cleo', 0)]);
    expect(claims.map(({ kind }) => kind).sort()).toEqual(['claimed', 'inProgress', 'inProgress']);
    expect(await discardDeadLetter(tables.state, 'a', { operator: 'd', reason: 'r' }, at(0))).toBe('inProgress');
    for (const each of claims) if (each.kind === 'claimed') await each.succeeded();
    expect((await claim('anna', 100)).kind).toBe('alreadyClosed');
  });

  it('can be tried again when it failed', async () => {
    await keep('a');
    const first = await claim('anna', 0);
    if (first.kind === 'claimed') await first.failed();
    expect((await claim('bert', 1)).kind).toBe('claimed');
  });

  it('can be taken over from a command that died, whose late word then counts for nothing', async () => {
    await keep('a');
    const dead = await claim('anna', 0);
    expect((await claim('bert', 59)).kind).toBe('inProgress');
    expect((await claim('bert', 61)).kind).toBe('claimed');
    if (dead.kind === 'claimed') await dead.failed();
    expect((await listDeadLetters(tables.state)).map(({ status }) => status)).toEqual(['redriving']);
    if (dead.kind === 'claimed') await dead.succeeded();
    expect((await listDeadLetters(tables.state)).map(({ status }) => status)).toEqual(['redriving']);
  });

  it('can be discarded too when its command has died, and is offered by --all and by the list', async () => {
    await keep('a');
    const dead = await claim('anna', 0);
    const discard = (seconds: number) =>
      discardDeadLetter(tables.state, 'a', { operator: 'd', reason: 'r' }, at(seconds));
    const [listed] = await listDeadLetters(tables.state);
    expect([59, 61].map((seconds) => listed && isOpen(listed, at(seconds)))).toEqual([false, true]);
    expect(await discard(59)).toBe('inProgress');
    expect(await discard(61)).toBe('done');
    if (dead.kind === 'claimed') await dead.succeeded();
    expect((await showDeadLetter(tables.state, 'a'))?.status).toBe('discarded');
  });
});
