import { describe, type ExpectStatic } from 'vitest';
import type { FaultSpec } from '../../infra/simulator/faults/fault-specs.ts';
import { onStack } from '../fixtures.ts';
import type { Company } from './company.ts';
import type { Harness } from './harness.ts';
import { expectMirror, expectToldEverything } from './mirror.ts';

const it = onStack({ concurrency: 8, settings: { requestTimeoutSeconds: 1.5 } });

/** Faults that pass by themselves: the sync has to get through them. */
const passing: readonly FaultSpec[] = [
  { kind: 'rateLimit', retryAfter: 0 },
  { kind: 'rateLimit', retryAfter: 1, as: 'date' },
  { kind: 'status', status: 500 },
  { kind: 'html', status: 200 },
  { kind: 'html', status: 502 },
  { kind: 'drop' },
  { kind: 'dropMidBody' },
  { kind: 'truncate' },
  { kind: 'hang' },
];
/** Faults that need no second try at all. */
const harmless: readonly FaultSpec[] = [{ kind: 'latency', ms: 100 }, { kind: 'unknownFields' }];
/** Faults that end a run; the next tick goes on with it. */
const ending: readonly FaultSpec[] = [{ kind: 'unauthorized' }, { kind: 'forbidden' }];

/** Ticks until a run succeeds, as schedules do. */
async function syncUntilSucceeded(company: Company): Promise<void> {
  for (let tick = 1; tick <= 40; tick++) {
    if ((await company.sync('vendors', 'full')).status === 'succeeded') return;
  }
  throw new Error(`No run of ${company.account} succeeded.`);
}

const label = ({ kind, ...rest }: FaultSpec): string =>
  [kind, 'status' in rest ? rest.status : 'as' in rest ? rest.as : undefined]
    .filter((part) => part !== undefined)
    .join(' ');

const chances = (shares: readonly number[], faults: readonly FaultSpec[]) =>
  faults.flatMap((fault) => shares.map((share) => ({ what: `${label(fault)} in ${share * 100} %`, fault, share })));

const cases = [
  ...chances([0.15], [...passing, ...ending]),
  ...chances([0.5], [...harmless, { kind: 'rateLimit', retryAfter: 0 }]),
];
const longCases = chances([0, 0.15, 0.5], [...passing, ...harmless, ...ending]);

interface Context {
  readonly harness: Harness;
  readonly expect: ExpectStatic;
}

describe('Promises 1 and 7 under every fault of the API', () => {
  const storesEverything = async ({ fault, share }: (typeof cases)[number], { harness, expect }: Context) => {
    const company = await harness.company({ counts: { vendors: 22 } });
    if (share > 0) company.simulator.faults.add({ ...fault, probability: share });
    await syncUntilSucceeded(company);
    company.simulator.faults.clear();
    const [changed = 0, gone = 0] = company.world.ids('vendors');
    // What the fault adds to a row is kept as part of it, and so differs from the company's own objects.
    if (fault.kind === 'unknownFields') return;
    await expectMirror(company, 'vendors');

    company.world.update('vendors', changed, { phone: '(212) 555-0123' });
    company.world.delete('vendors', gone);
    if (share > 0) company.simulator.faults.add({ ...fault, probability: share });
    await syncUntilSucceeded(company);
    await expectMirror(company, 'vendors');
    await expectToldEverything(company, 'vendors');
    expect(harness.deadLetters()).toBe(0);
  };
  const what = '$what of the requests leaves every object stored, and no dead letter';
  it.concurrent.for(cases)(what, storesEverything);
  it.concurrent.for(longCases)(what, { tags: 'long' }, storesEverything);

  const catchesUp = async (probability: number, { harness, expect }: Context) => {
    const company = await harness.company({ counts: { vendors: 22 } });
    for (const fault of [...passing, ...harmless]) company.simulator.faults.add({ ...fault, probability });
    await syncUntilSucceeded(company);
    company.simulator.faults.clear();
    await syncUntilSucceeded(company);
    await expectMirror(company, 'vendors');
    expect(harness.deadLetters()).toBe(0);
  };
  const atOnce = 'all faults at once, each in %f of the requests, delay a run, and when they end it catches up';
  it.concurrent.for([0.05])(atOnce, catchesUp);
  it.concurrent.for([0.15])(atOnce, { tags: 'long' }, catchesUp);

  it.concurrent.for([0.15, 0.5])(
    'rows that do not fit, %f of them, are quarantined, and every other row is stored',
    async (fraction, { harness, expect }) => {
      const company = await harness.company({ counts: { units: 60 } });
      company.simulator.faults.add({ kind: 'malformedRows', how: 'badAmount', fraction, resource: 'units' });
      const run = await company.sync('units', 'full');
      expect(run).toMatchObject({ status: 'succeeded', counts: { fetched: 60 } });
      expect(run.counts.quarantined).toBeGreaterThan(0);
      expect(run.counts.created).toBe(60 - run.counts.quarantined);
      company.simulator.faults.clear();
      const healed = await company.sync('units', 'full');
      expect(healed.counts).toMatchObject({ quarantined: 0, created: run.counts.quarantined, deleted: 0 });
      await expectMirror(company, 'units');
    },
  );

  it.concurrent.for([0.15, 0.5])(
    'lists that are empty in %f of the answers never mark anything deleted',
    async (probability, { harness, expect }) => {
      // What a single read adds to what lists know would be a change of its own.
      const simulator = { projections: 'same' } as const;
      const company = await harness.company({ counts: { vendors: 30, transactions: 60 }, simulator });
      await company.syncAll(['vendors', 'transactions'], 'full');
      company.simulator.faults.add({ kind: 'emptyList', probability });
      for (let tick = 0; tick < 4; tick++) {
        const runs = await company.syncAll(['vendors', 'transactions'], 'full');
        for (const [resource, run] of runs) expect(run.counts.deleted, resource).toBe(0);
      }
      company.simulator.faults.clear();
      await company.syncAll(['vendors', 'transactions'], 'full');
      for (const resource of ['vendors', 'transactions'] as const) {
        await expectMirror(company, resource);
        const revisions = [...(await company.stored(resource)).values()].map(({ revision }) => revision);
        expect(Math.max(...revisions), resource).toBe(1);
      }
    },
  );
});
