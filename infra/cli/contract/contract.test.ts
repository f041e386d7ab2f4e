import { afterEach, describe, expect, it } from 'vitest';
import { openGate } from '../../../shared/account/gate.ts';
import { createUnreadClient } from '../../../shared/rentvine/client.ts';
import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import type { WaysInput } from '../../simulator/ways.ts';
import { type Finding, findings } from './facts.ts';
import { type Observation, observationSchema, type ResourceObservation } from './observation.ts';
import { observe } from './observe.ts';
import { waysLike } from './replay.ts';

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
});

async function observed(ways: WaysInput = {}): Promise<Observation> {
  await simulator?.stop();
  simulator = await startSimulator({ accounts: [{ name: 'acme', counts: { leases: 30 }, ...ways }] });
  // Some are written with a zone, some without.
  const world = simulator.world();
  for (const id of world.ids('leases').slice(0, 12)) world.update('leases', id, { code: 'JUST-CHANGED' });
  const { accessKey, secret } = simulator.authentication().credentials;
  const account = { name: 'acme', baseUrl: simulator.baseUrl(), auth: { scheme: 'basic', accessKey, secret } } as const;
  const ask = createUnreadClient({ account, gate: openGate, deadline: () => Number.POSITIVE_INFINITY });
  return observe(account, resources, ask);
}

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

const ofLeases = (all: readonly Finding[], fact: string): Finding | undefined =>
  all.find((each) => each.fact === fact && (each.resource === 'leases' || each.resource === undefined));

describe('against a server as it is known', () => {
  it('nothing that the platform relies on is contradicted, in a hundred or so questions', async () => {
    const observation = await observed({ projections: 'real' });
    const wrong = findings(observation).filter(({ verdict, reliedOn }) => reliedOn && verdict === 'contradicted');
    expect(wrong).toEqual([]);
    expect(ofLeases(findings(observation), 'a single read finds what the list has')?.verdict).toBe('confirmed');
    expect(simulator?.requests.all.length).toBeLessThan(8 * resources.length);
    expect(simulator?.requests.all.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('what is saved holds shapes, names and types, and no value of the account', async () => {
    const text = JSON.stringify(observationSchema.parse(await observed({ projections: 'real' })));
    const world = simulator?.world();
    const values = resources.flatMap(({ name }) => {
      const [id = 0] = world?.ids(name) ?? [];
      return textsIn(simulator?.servedRow(name, id)).filter((value) => value.length > 5);
    });
    expect(values.length).toBeGreaterThan(50);
    expect(values.filter((value) => text.includes(JSON.stringify(value)))).toEqual([]);
  });
});

describe('each way of a server is told', () => {
  it.each<[string, WaysInput, string, string]>([
    ['a missing path', { absent: ['leases'] }, 'the path of the list is right, and the key may read it', '404 json'],
    ['an unknown envelope', { envelope: 'payload' }, 'a list is an array, or wrapped as data or results', 'no list'],
    ['a cap on pages', { pageCap: 10 }, 'pageSize is honoured', '10 rows for 250'],
    [
      'no pagination headers',
      { pageHeaders: 'absent' },
      'pagination headers are sent, and their total is right',
      'no such headers',
    ],
    ['wrong totals', { pageHeaders: 'tooLarge' }, 'pagination headers are sent, and their total is right', 'headers'],
    ['lists in no order', { order: 'modifiedDescending' }, 'rows come in the order of their ids', 'none'],
    ['numbers as numbers', { values: 'native' }, 'numbers are written as text', 'number'],
    ['booleans as booleans', { values: 'native' }, 'booleans are written as "0" and "1"', 'boolean'],
    ['a zone east of UTC', { zone: 'Pacific/Kiritimati' }, 'date-times without a zone are UTC', 'beyond'],
    ['exclusive bounds', { filterBounds: 'exclusive' }, 'bounds of dateTimeModified are inclusive', 'exclusive'],
    ['an odd "gone"', { gone: 'empty500' }, '"gone" sounds like a 404 in JSON', '500 empty'],
    ['two projections', { projections: 'real' }, 'list row and single read have the same fields', 'noticeDate'],
  ])('%s', async (_, ways, fact, found) => {
    const finding = ofLeases(findings(await observed(ways)), fact);
    expect(finding).toMatchObject({ verdict: 'contradicted', found: expect.stringContaining(found) });
    const usual = ofLeases(
      findings(await observed({ values: 'strings', pageHeaders: 'present', projections: 'same' })),
      fact,
    );
    expect(usual?.verdict).not.toBe('contradicted');
  });

  it('a role that may not read a resource is no contradiction', async () => {
    const all = findings(await observed({ forbidden: ['leases'] }));
    expect(ofLeases(all, 'the path of the list is right, and the key may read it')?.verdict).toBe('cannot tell');
  });
});

describe('what no simulator plays', () => {
  const broken: readonly [string, Partial<ResourceObservation>][] = [
    ['rows have the expected object, id and types', { unfit: 3, reasons: ['lease.rent is not an amount of money'] }],
    ['a list ends with an empty page, a refusal or its last page', { listEnd: 'rows' }],
    ['date-times are zoneless or ISO 8601', { dateTimes: ['other'] }],
    ['dateTimeModifiedMin leaves out what is older', { filter: { future: 30 } }],
    ['a single read finds what the list has', { oneIsFound: false }],
    ['an object that does not exist is answered in a way of its own', { gone: '200 json', goneIsTold: false }],
    ['codes are those that are published', { unknownCodes: { primaryLeaseStatusId: 2 } }],
  ];

  it.each(broken)('is judged all the same: %s', async (fact, change) => {
    const observation = await observed();
    const verdictWith = (patch: Partial<ResourceObservation>) => {
      const resources = observation.resources.map((seen) =>
        seen.resource === 'leases' ? { ...seen, ...patch } : seen,
      );
      return ofLeases(findings({ ...observation, resources }), fact)?.verdict;
    };
    expect(verdictWith({ unknownCodes: {} })).toBe('confirmed');
    expect(verdictWith(change)).toBe('contradicted');
  });

  it('of the server as a whole', async () => {
    const observation = await observed();
    const others = { rowsForLimitOne: 1, limitHeaders: ['x-ratelimit-limit'], clockAheadS: undefined };
    const verdicts = (of: Observation) =>
      findings(of)
        .filter(({ resource }) => resource === undefined)
        .map(({ verdict }) => verdict);
    expect(verdicts(observation)).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(verdicts({ ...observation, ...others })).toEqual(['contradicted', 'contradicted', 'contradicted']);
  });
});

it('a simulator made from what was saved answers as the account did', async () => {
  const ways: WaysInput = {
    projections: 'real',
    gone: 'text404',
    listEnd: 'lastPage',
    pageHeaders: 'absent',
    pageCap: 20,
    envelope: 'results',
    order: 'idDescending',
    absent: ['bills'],
    forbidden: ['vendors'],
  };
  const original = await observed(ways);
  const replayed = await observed(waysLike(observationSchema.parse(JSON.parse(JSON.stringify(original)))));
  const told = (of: Observation) =>
    findings(of).map(({ fact, resource, verdict }) => `${resource} ${fact}: ${verdict}`);
  expect(told(replayed)).toEqual(told(original));
});
