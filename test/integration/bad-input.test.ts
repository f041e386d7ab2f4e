import { describe, expect } from 'vitest';
import { readGateState } from '../../shared/store/account-gate.ts';
import { approveHold, readHold } from '../../shared/store/deletion-hold.ts';
import { quarantinedRows } from '../../shared/store/quarantine.ts';
import { onStack } from '../fixtures.ts';
import type { Harness } from './harness.ts';
import { expectMirror, expectToldEverything } from './mirror.ts';

const it = onStack();

describe('What bad input gets: credentials', () => {
  it('bad credentials fail the resource at once with an authentication error, and nothing is retried', async ({
    harness,
  }) => {
    const [wrong, right] = [await harness.company(), await harness.company()];
    await wrong.putSecret({ auth: { scheme: 'basic', accessKey: 'wrong-key', secret: 'wrong-secret' } });
    const [refused, other] = await Promise.all([wrong.sync('leases', 'full'), right.sync('leases', 'full')]);
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'UNAUTHENTICATED' }, counts: { requests: 1 } });
    expect(wrong.simulator.requests.count()).toBe(1);
    expect((await readGateState(harness.state, wrong.account)).consecutiveFailures).toBe(0);
    expect(other.status).toBe('succeeded');
    await expectMirror(right, 'leases');
    expect(harness.deadLetters()).toBe(0);
  });

  it('a role that may not read one resource fails that one with 403, and the others succeed', async ({ harness }) => {
    const company = await harness.company({ forbidden: ['bills'] });
    const runs = await company.syncAll(['bills', 'vendors', 'owners'], 'full');
    expect(runs.get('bills')).toMatchObject({ status: 'failed', error: { code: 'FORBIDDEN' } });
    for (const resource of ['vendors', 'owners'] as const) {
      expect(runs.get(resource)?.status).toBe('succeeded');
      await expectMirror(company, resource);
    }
    company.simulator.forbid([]);
    expect((await company.sync('bills', 'full')).status).toBe('succeeded');
    await expectMirror(company, 'bills');
  });

  it('a secret that does not fit fails the run with a sentence that names the key and repeats no value', async ({
    harness,
    company,
  }) => {
    await company.putSecret({ auth: { scheme: 'basic', accessKey: 'MARKED-ACCESS-KEY' } });
    const run = await company.sync('vendors', 'full');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'CONFIGURATION' } });
    expect(run.error?.message).toContain('auth.secret');
    expect(harness.logs.join('\n')).not.toContain('MARKED-ACCESS-KEY');
  });
});

describe('What bad input gets: both authentication schemes', () => {
  const refusals = ({ logs }: Harness, account: string): string[] =>
    logs.filter((line) => line.includes(`"${account}"`) && line.includes('"status":401'));
  const token = { apiKey: 'fake-api-key-1', apiSecret: 'fake-api-secret-1', tenantId: 'tenant-1' };

  it('an account with a token mirrors as one with a key pair does', async ({ harness }) => {
    const company = await harness.company(token);
    await company.putSecret({ auth: { scheme: 'token', ...token } });
    expect((await company.sync('leases', 'full')).status).toBe('succeeded');
    await expectMirror(company, 'leases');
    expect(company.simulator.requests.count({ kind: 'token' })).toBe(1);
  });

  it('a token that is refused in the middle of a run is renewed once', async ({ harness }) => {
    const company = await harness.company(token);
    await company.putSecret({ auth: { scheme: 'token', ...token } });
    let lists = 0;
    company.simulator.beforeRequest(({ kind }) => {
      if (kind !== 'list') return;
      lists += 1;
      if (lists === 3) company.simulator.authentication().expireTokens();
    });
    expect(await company.sync('transactions', 'full')).toMatchObject({ status: 'succeeded', slices: 1 });
    await expectMirror(company, 'transactions');
    // Pages under way when the token ended may each have been refused; they share the renewal.
    expect(company.simulator.requests.count({ kind: 'token' })).toBe(2);
    expect(refusals(harness, company.account)).not.toEqual([]);
  });

  it("a token is renewed before it ends, by the server's clock and without a refusal", async ({ harness }) => {
    // A life shorter than two margins is renewed at its half.
    const company = await harness.company({ ...token, simulator: { tokenLifetimeMs: 20_000 } });
    await company.putSecret({ auth: { scheme: 'token', ...token } });
    company.simulator.setClockOffset(-3_600_000);
    const stop = company.simulator.beforeRequest(({ kind, page }) => {
      if (kind !== 'list' || page !== 2) return;
      stop();
      harness.clock.turn(12_000);
    });
    const run = await company.sync('transactions', 'full');
    expect(run.status).toBe('succeeded');
    await expectMirror(company, 'transactions');
    expect(company.simulator.requests.count({ kind: 'token' })).toBe(2);
    expect(refusals(harness, company.account)).toEqual([]);
  });
});

describe('What bad input gets: malformed rows', () => {
  it.for(['badDate', 'badAmount', 'badFlag', 'missingId', 'notAnObject'] as const)(
    'a row spoilt by %s is quarantined and counted, and its record is kept and never marked deleted',
    async (how, { harness }) => {
      const company = await harness.company({ counts: { units: 12 } });
      const resource = 'units';
      const [spoilt = 0, changed = 0] = company.world.ids(resource);
      await company.sync(resource, 'full');
      const before = await company.record(resource, spoilt);
      company.simulator.faults.add({ kind: 'malformedRows', how, ids: [spoilt], resource });
      company.world.update(resource, changed, { rent: '4321.00' });

      const run = await company.sync(resource, 'full');
      expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 0, updated: 1 } });
      // A row without an id is counted as itself, and its record, which then cannot be read singly either, once more.
      const expected = how === 'missingId' || how === 'notAnObject' ? 2 : 1;
      expect(run.counts.quarantined).toBe(expected);
      await expectMirror(company, resource, { except: [spoilt] });
      expect(await company.record(resource, spoilt)).toEqual(before);
      const rows = await quarantinedRows(harness.state, company.collection(resource));
      expect(rows).toHaveLength(expected);
      for (const row of rows) expect(row).toMatchObject({ runId: run.runId, reason: expect.stringMatching(/\w/) });

      company.simulator.faults.clear();
      expect((await company.sync(resource, 'full')).counts.quarantined).toBe(0);
      await expectMirror(company, resource);
      expect(await quarantinedRows(harness.state, company.collection(resource))).toEqual([]);
    },
  );

  it('a malformed row of transactions, which cannot be asked for singly, is never marked deleted', async ({
    company,
  }) => {
    const [spoilt = 0] = company.world.ids('transactions');
    await company.sync('transactions', 'full');
    company.simulator.faults.add({ kind: 'malformedRows', how: 'missingId', ids: [spoilt], resource: 'transactions' });
    const run = await company.sync('transactions', 'full');
    expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 0, quarantined: 1 } });
    await expectMirror(company, 'transactions');
  });
});

describe('What bad input gets: an answer of unknown shape', () => {
  it('an unknown envelope is a contract error, never an empty success', async ({ harness }) => {
    const company = await harness.company({ simulator: { envelope: 'rows' } });
    const run = await company.sync('leases', 'full');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'CONTRACT' }, counts: { fetched: 0 } });
    expect((await company.stored('leases')).size).toBe(0);
  });

  it.for(['array', 'data', 'results'])('the envelope "%s" is read', async (envelope, { harness }) => {
    const company = await harness.company({ simulator: { envelope } });
    expect((await company.sync('units', 'full')).status).toBe('succeeded');
    await expectMirror(company, 'units');
  });

  it.for([
    { values: 'strings', keys: 'snake' },
    { values: 'native', keys: 'Id' },
  ] as const)('values as $values and keys as $keys give the same records', async (spelling, { harness }) => {
    const counts = { properties: 6, units: 10, workOrders: 10 };
    const company = await harness.company({ seed: 7, counts, simulator: spelling });
    const reference = await harness.company({ seed: 7, counts });
    // All of whose fields are typed; what is not typed is kept as it came.
    const names = ['properties', 'units', 'workOrders'] as const;
    await Promise.all([company.syncAll(names, 'full'), reference.syncAll(names, 'full')]);
    for (const resource of names) {
      await expectMirror(company, resource);
      const hashes = [...(await company.stored(resource)).values()].map(({ id, hash }) => [id, hash]);
      expect(hashes).toEqual([...(await reference.stored(resource)).values()].map(({ id, hash }) => [id, hash]));
    }
  });
});

describe('Promise 6, no accidental deletion', () => {
  it('a deletion beyond the guard is held, told and, once approved, done', async ({ harness }) => {
    const company = await harness.company({ counts: { workOrders: 40 } });
    await company.sync('workOrders', 'full');
    const gone = company.world.ids('workOrders').slice(0, 15);
    for (const id of gone) company.world.delete('workOrders', id);

    const held = await company.sync('workOrders', 'full');
    expect(held).toMatchObject({ status: 'held', error: { code: 'DELETION_HELD' }, counts: { deleted: 0 } });
    expect(held.error?.message).toMatch(/approve/);
    const records = [...(await company.stored('workOrders')).values()];
    expect(records.filter(({ deletedAt }) => deletedAt !== undefined)).toEqual([]);
    expect(await readHold(harness.state, company.collection('workOrders'))).toMatchObject({ missing: 15, known: 40 });

    expect((await company.sync('workOrders', 'full')).status).toBe('held');
    await approveHold(harness.state, company.collection('workOrders'), 'an operator', new Date());
    expect(await company.sync('workOrders', 'full')).toMatchObject({ status: 'succeeded', counts: { deleted: 15 } });
    await expectMirror(company, 'workOrders');
    await expectToldEverything(company, 'workOrders');
    expect(await readHold(harness.state, company.collection('workOrders'))).toBeUndefined();
  });

  it('an approval is good for what was held, and not for more', async ({ harness }) => {
    const company = await harness.company({ counts: { workOrders: 50 } });
    await company.sync('workOrders', 'full');
    const ids = company.world.ids('workOrders');
    for (const id of ids.slice(0, 15)) company.world.delete('workOrders', id);
    expect((await company.sync('workOrders', 'full')).status).toBe('held');
    await approveHold(harness.state, company.collection('workOrders'), 'an operator', new Date());
    for (const id of ids.slice(15, 45)) company.world.delete('workOrders', id);
    expect(await company.sync('workOrders', 'full')).toMatchObject({ status: 'held', counts: { deleted: 0 } });
    expect(await company.sync('workOrders', 'full')).toMatchObject({ status: 'held', counts: { deleted: 0 } });
  });

  it.for(['bills', 'transactions'] as const)(
    'an empty answer where there were rows of %s is held or shown wrong, and never believed',
    async (resource, { harness }) => {
      const company = await harness.company({ counts: { [resource]: 25 } });
      await company.sync(resource, 'full');
      company.simulator.faults.add({ kind: 'emptyList', resource });
      const run = await company.sync(resource, 'full');
      expect(run.counts.deleted).toBe(0);
      expect(resource === 'transactions' ? ['held'] : ['succeeded']).toContain(run.status);
      company.simulator.faults.clear();
      expect((await company.sync(resource, 'full')).status).toBe('succeeded');
      await expectMirror(company, resource);
      const revisions = [...(await company.stored(resource)).values()].map(({ revision }) => revision);
      expect(Math.max(...revisions)).toBe(1);
    },
  );

  it('a record is marked deleted only after Rentvine itself says so: other answers postpone the run or keep it', async ({
    company,
  }) => {
    await company.sync('vendors', 'full');
    const [id = 0] = company.world.ids('vendors');
    company.world.delete('vendors', id);
    company.simulator.faults.add({ kind: 'html', status: 404, resource: 'vendors', only: 'one', times: 1 });
    const run = await company.sync('vendors', 'full');
    expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
    await expectMirror(company, 'vendors');
  });
});
