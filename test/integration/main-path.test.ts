import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allResources, type Harness, startHarness } from './harness.ts';
import { expectMirror, expectToldEverything } from './mirror.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

describe('Promise 1, complete: the main path of every resource', () => {
  it('a first full sync stores every object of every resource, and tells of each', async () => {
    const started = Date.now();
    const runs = await harness.syncAll(allResources, 'full');
    for (const [resource, run] of runs) {
      expect(run, resource).toMatchObject({ status: 'succeeded', mode: 'full' });
      await expectMirror(harness, resource);
      await expectToldEverything(harness, resource);
    }
    console.log('took', Date.now() - started, [...runs].map(([r, x]) => `${r} ${x.counts.pages} ${x.counts.requests} ${x.workedMs}`));
  });
});
