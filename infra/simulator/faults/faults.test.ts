import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { resourceByName } from '../../../shared/rentvine/resources/catalogue.ts';
import { parseRow } from '../../../shared/rentvine/row.ts';
import { type Simulator, startSimulator } from '../simulator.ts';
import { clientOf, sendControl } from '../test-client.ts';
import type { DriftSpec, FaultSpec } from './fault-specs.ts';

let nowMs = Date.parse('2026-11-22T12:00:00Z');
let simulator: Simulator;
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  simulator = await startSimulator({
    counts: { leases: 60 },
    clock: () => nowMs,
    accounts: ['acme', 'zenith'],
  });
  client = clientOf(simulator);
});
afterEach(() => simulator.faults.clear());
afterAll(() => simulator.stop());

const list = '/leases/export?pageSize=60';

describe('faults that replace the answer', () => {
  test.each<[string, FaultSpec, string | null]>([
    ['seconds', { kind: 'rateLimit', retryAfter: 2 }, '2'],
    ['zero', { kind: 'rateLimit', retryAfter: 0 }, '0'],
    ['a date', { kind: 'rateLimit', retryAfter: 3600, as: 'date' }, 'Sun, 22 Nov 2026 13:00:00 GMT'],
    ['a date in the past', { kind: 'rateLimit', retryAfter: -60, as: 'date' }, 'Sun, 22 Nov 2026 11:59:00 GMT'],
    ['nothing', { kind: 'rateLimit', retryAfter: null }, null],
  ])('429 with Retry-After as %s', async (_name, spec, expected) => {
    simulator.faults.add(spec);
    const { status, headers } = await client.get(list);
    expect([status, headers.get('retry-after')]).toEqual([429, expected]);
  });

  test.each<[FaultSpec, number]>([
    [{ kind: 'status', status: 500 }, 500],
    [{ kind: 'status', status: 503 }, 503],
    [{ kind: 'unauthorized' }, 401],
    [{ kind: 'forbidden', resource: 'leases' }, 403],
  ])('%o', async (spec, status) => {
    simulator.faults.add(spec);
    const answer = await client.get(list);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8']);
  });

  test.each([502, 200])('a page of HTML with status %i', async (status) => {
    simulator.faults.add({ kind: 'html', status });
    const answer = await client.get(list);
    expect([answer.status, answer.text.slice(0, 15)]).toEqual([status, '<!DOCTYPE html>']);
  });

  test('a list that is empty without reason', async () => {
    simulator.faults.add({ kind: 'emptyList', resource: 'leases' });
    expect((await client.get(list)).text).toBe('[]');
    expect((await client.get('/leases/1')).status).toBe(200);
  });
});

describe('faults of the connection', () => {
  test('it is dropped before the answer, and in the middle of it', async () => {
    const before = simulator.faults.add({ kind: 'drop' });
    await expect(client.get(list)).rejects.toThrow();
    simulator.faults.remove(before);
    simulator.faults.add({ kind: 'dropMidBody' });
    await expect(client.get(list)).rejects.toThrow();
  });

  test('it hangs', async () => {
    simulator.faults.add({ kind: 'hang' });
    const { accessKey, secret } = simulator.authentication().credentials;
    const authorization = `Basic ${btoa(`${accessKey}:${secret}`)}`;
    const signal = AbortSignal.timeout(100);
    const request = fetch(`${simulator.baseUrl()}/leases/1`, { headers: { authorization }, signal });
    await expect(request).rejects.toThrow(/timeout/);
  });

  test('the JSON ends early in an answer that is complete', async () => {
    simulator.faults.add({ kind: 'truncate' });
    const { status, text, json } = await client.get(list);
    expect([status, text.startsWith('[{"lease"'), json]).toEqual([200, true, undefined]);
  });

  test('the answer was made before the wait that latency adds', async () => {
    simulator.faults.add({ kind: 'latency', ms: 60, only: 'one' });
    const onItsWay = client.get('/leases/4');
    await expect.poll(() => simulator.requests.inFlight('acme')).toBe(1);
    simulator.world().update('leases', 4, { code: 'LATER' });
    expect((await onItsWay).text).not.toContain('LATER');
    expect((await client.get('/leases/4')).text).toContain('LATER');
  });
});

describe('faults in rows', () => {
  const rejected = async (path = list) =>
    (await client.rows(path)).flatMap((row) => {
      const result = parseRow(resourceByName('leases'), row);
      return result.ok ? [] : [result.rejected];
    });

  test.each([
    ['missingId', undefined, 'lease.leaseId is missing or not an id'],
    ['badDate', '7', /is not a date$/],
    ['badAmount', '7', /is not an amount of money$/],
    ['notAnObject', undefined, 'the row is not an object'],
  ] as const)('a row with %s is one that the platform rejects, and the only one', async (how, id, reason) => {
    simulator.faults.add({ kind: 'malformedRows', how, ids: [7], resource: 'leases' });
    expect(await rejected()).toEqual([
      { ...(id !== undefined && { id }), reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) },
    ]);
  });

  test('a fraction of rows is malformed, the same ones every time', async () => {
    simulator.faults.add({ kind: 'malformedRows', how: 'badDate', fraction: 0.2, resource: 'leases' });
    const first = await rejected();
    expect(first.length).toBeGreaterThan(3);
    expect(first.length).toBeLessThan(25);
    expect(await rejected()).toEqual(first);
  });

  test('unknown fields do not hurt', async () => {
    simulator.faults.add({ kind: 'unknownFields' });
    expect((await client.rows(list))[0]?.lease).toHaveProperty('futureField');
    expect(await rejected()).toEqual([]);
  });
});

describe('scope', () => {
  test('a resource, an account, a kind, a page, a number of times', async () => {
    const other = clientOf(simulator, 'zenith');
    simulator.faults.add({ kind: 'status', resource: 'leases', account: 'acme', only: 'list', page: 2, times: 1 });
    expect((await client.get('/tenants/search?page=2')).status).toBe(200);
    expect((await other.get('/leases/export?page=2')).status).toBe(200);
    expect((await client.get('/leases/2')).status).toBe(200);
    expect((await client.get('/leases/export?page=1')).status).toBe(200);
    expect((await client.get('/leases/export?page=2')).status).toBe(500);
    expect((await client.get('/leases/export?page=2')).status).toBe(200);
  });

  test('a probability is kept, and the luck depends on the seed only', async () => {
    const run = async () => {
      const own = await startSimulator({ counts: { leases: 5 }, seed: 3 });
      own.faults.add({ kind: 'status', probability: 0.3 });
      const statuses: number[] = [];
      for (let count = 0; count < 60; count++) statuses.push((await clientOf(own).get('/leases/1')).status);
      await own.stop();
      return statuses;
    };
    const statuses = await run();
    const failed = statuses.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(8);
    expect(failed).toBeLessThan(30);
    expect(await run()).toEqual(statuses);
  });

  test('down for a while, by the simulator clock', async () => {
    simulator.faults.down({ forMs: 5_000 });
    expect((await client.get(list)).status).toBe(503);
    nowMs += 5_000;
    expect((await client.get(list)).status).toBe(200);
    simulator.faults.down(true);
    expect((await client.get(list)).status).toBe(503);
    simulator.faults.down(false);
    expect((await client.get(list)).status).toBe(200);
  });
});

describe('drift', () => {
  async function pass(spec?: DriftSpec): Promise<{ ids: number[]; known: number[] }> {
    const own = await startSimulator({ counts: { leases: 60 }, seed: 4 });
    const known = own.world().ids('leases');
    if (spec !== undefined) own.faults.drift(spec);
    const ids: number[] = [];
    for (let page = 1; ; page++) {
      const rows = await clientOf(own).ids(`/leases/export?pageSize=10&page=${page}`, 'lease', 'leaseID');
      ids.push(...rows);
      if (rows.length === 0) break;
    }
    await own.stop();
    return { ids, known };
  }

  const missed = ({ ids, known }: { ids: number[]; known: number[] }) => known.filter((id) => !ids.includes(id));
  const doubled = ({ ids }: { ids: number[] }) => ids.filter((id, index) => ids.indexOf(id) !== index);

  test('without it a pass sees every row once', async () => {
    const { ids, known } = await pass();
    expect(ids).toEqual(known);
  });

  test('rows that vanish behind the reader make it miss others', async () => {
    const result = await pass({ resource: 'leases', kind: 'delete', everyPages: 2, count: 1, times: 2 });
    expect(missed(result)).toEqual([21, 42]);
  });

  test('rows that jump over the reader are missed, and the rows they push are read twice', async () => {
    const result = await pass({ resource: 'leases', kind: 'move', count: 1, times: 1 });
    expect(missed(result)).toHaveLength(1);
    expect(doubled(result)).toEqual([10]);
  });

  test('rows inserted in front push others to the next page', async () => {
    const result = await pass({ resource: 'leases', kind: 'insert', at: 'front', times: 1 });
    expect(doubled(result)).toEqual([10]);
  });

  test('rows inserted in order are read at the end', async () => {
    expect((await pass({ resource: 'leases', kind: 'insert', count: 2, times: 1 })).ids.slice(-2)).toEqual([61, 62]);
  });

  test('a doubled row is read twice and nothing is missed', async () => {
    const result = await pass({ resource: 'leases', kind: 'double', times: 3 });
    expect(missed(result)).toEqual([]);
    expect(doubled(result)).toHaveLength(3);
  });

  test('the same seed drifts the same', async () => {
    const spec: DriftSpec = { resource: 'leases', kind: 'move', count: 2 };
    expect(await pass(spec)).toEqual(await pass(spec));
  });
});

describe('the control path', () => {
  test('adds, lists and clears faults', async () => {
    const added = await sendControl(simulator, 'POST', '/faults', { kind: 'status', status: 503, resource: 'leases' });
    expect(added.json).toEqual({ id: expect.any(String) });
    expect((await client.get(list)).status).toBe(503);
    expect((await sendControl(simulator, 'GET', '/faults')).json).toMatchObject([{ used: 1, spec: { status: 503 } }]);
    await sendControl(simulator, 'DELETE', '/faults');
    expect((await client.get(list)).status).toBe(200);
  });

  test('says what is wrong with a fault', async () => {
    const { status, text } = await sendControl(simulator, 'POST', '/faults', { kind: 'status', resource: 'houses' });
    expect(status).toBe(400);
    expect(text).toContain('is not a resource');
  });

  test('takes the server down, lets things happen, changes the world and shows the requests', async () => {
    await sendControl(simulator, 'POST', '/down', true);
    expect((await client.get(list)).status).toBe(503);
    await sendControl(simulator, 'POST', '/down', false);
    expect((await sendControl(simulator, 'POST', '/tick', { count: 3 })).json).not.toEqual([]);
    await sendControl(simulator, 'POST', '/world/acme/leases/6', { code: 'REMOTE' });
    expect(simulator.world().get('leases', 6)?.code).toBe('REMOTE');
    await sendControl(simulator, 'DELETE', '/world/acme/leases/6');
    expect((await client.get('/leases/6')).status).toBe(404);
    expect((await sendControl(simulator, 'GET', '/requests')).json).toHaveProperty('byRoute');
    await sendControl(simulator, 'POST', '/accounts/acme/revoke');
    expect((await client.get(list)).status).toBe(401);
    await sendControl(simulator, 'POST', '/accounts/acme/restore');
    await sendControl(simulator, 'POST', '/accounts/acme/forbid', { resources: ['leases'] });
    expect((await client.get(list)).status).toBe(403);
    await sendControl(simulator, 'POST', '/accounts/acme/forbid', { resources: [] });
    await sendControl(simulator, 'POST', '/clock', { offsetMs: 3_600_000 });
    expect((await client.get(list)).headers.get('date')).toBe(new Date(nowMs + 3_600_000).toUTCString());
    await sendControl(simulator, 'POST', '/clock', { offsetMs: 0 });
    const drift = await sendControl(simulator, 'POST', '/drift', { resource: 'leases', kind: 'delete' });
    expect(drift.json).toEqual({ id: expect.any(String) });
    expect((await sendControl(simulator, 'GET', '/nothing')).status).toBe(404);
  });
});
