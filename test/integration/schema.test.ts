import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, vi } from 'vitest';
import { schema } from '../../infra/cli/commands/schema.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { onStack } from '../fixtures.ts';
import { allResources, type Company } from './company.ts';
import { until } from './eventually.ts';

const data = mkdtempSync(join(tmpdir(), 'schema-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));
const it = onStack({ dataDir: join(data, 'stack') });

afterEach(() => {
  vi.restoreAllMocks();
});

/** What `ops schema` prints. */
async function shown(company: Company, ...args: string[]): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text: unknown) => void printed.push(String(text)));
  expect(await schema.execute([...args, '--data', data, '--account', company.account])).toBe(0);
  vi.restoreAllMocks();
  return printed.join('\n');
}

/** What was told of a company's fields until now: `leases new petPolicy`. */
async function told({ harness, account }: Company): Promise<string[]> {
  await until('all is told', () => harness.stack.idle().then(() => true));
  return harness.schemaEvents
    .filter((event) => event.account === account)
    .flatMap(({ resource, changes }) => changes.map(({ change, field }) => `${resource} ${change} ${field}`));
}

const inFull = async (company: Company, resource: 'leases' | 'vendors' = 'leases'): Promise<void> => {
  expect((await company.sync(resource, 'full')).status).toBe('succeeded');
};

describe('the fields of an account', () => {
  it('are no news while they stay as they are, in whichever reads, whatever changes in the company', {
    tags: 'long',
  }, async ({ company, webhooks }) => {
    for (let round = 0; round < 2; round++) {
      await company.syncAll(allResources, 'full');
      for (const name of ['leases', 'units', 'vendors'] as const) {
        for (const id of company.world.ids(name).slice(0, 5)) company.world.update(name, id, {});
      }
      await company.syncAll(['leases', 'units', 'vendors', 'transactions'], 'incremental');
    }
    for (const id of company.world.ids('leases')) {
      await webhooks.post(webhooks.about({ eventType: 'lease.updated', objectID: String(id), objectTypeID: '4' }));
    }
    await until('all hints are worked off', () => webhooks.queued() === 0);
    expect(await told(company)).toEqual([]);
  });

  it('that are new, of another type or gone are told once each, kept, and shown', async ({ harness, company }) => {
    const { faults } = company.simulator;
    await inFull(company);
    faults.add({
      kind: 'changedFields',
      gained: { petPolicy: 'cats only' },
      resource: 'leases',
      account: company.account,
    });
    await inFull(company);
    expect(await told(company)).toEqual(['leases new petPolicy']);
    await inFull(company);
    faults.add({ kind: 'changedFields', retyped: ['petPolicy'], lost: ['startDate'], resource: 'leases' });
    await inFull(company);
    await inFull(company);
    expect((await told(company)).sort()).toEqual([
      'leases new petPolicy',
      'leases retyped petPolicy',
      'leases vanished startDate',
    ]);
    const events = harness.schemaEvents.filter(({ account }) => account === company.account);
    expect(events.map(({ id }) => id)).toEqual([`${company.account}#leases#1`, `${company.account}#leases#2`]);
    expect(events[1]?.changes).toContainEqual({
      field: 'petPolicy',
      change: 'retyped',
      read: 'list',
      types: ['text', 'list'],
      previousTypes: ['text'],
    });
    const type = harness.stack.busEvents().events.find((event) => event['detail-type'] === 'rentvine.schema.changed');
    expect(type?.source).toBe('aictive.rentvine');

    const [leases] = JSON.parse(await shown(company, 'leases', '--json'));
    expect(leases).toMatchObject({ resource: 'leases', since: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(leases.fields).toContainEqual(
      expect.objectContaining({ field: 'petPolicy', types: 'text, list', read: 'list' }),
    );
    expect(leases.fields).toContainEqual(
      expect.objectContaining({ field: 'startDate', vanished: expect.stringContaining('Z') }),
    );
    expect(leases.dropped).toContainEqual(expect.objectContaining({ key: 'tenants.birthDate' }));
    const text = await shown(company);
    expect(text).toMatch(/retyped +petPolicy +text → text, list/);
    expect(text).toMatch(/Left out of every record:[\s\S]*tenants\.birthDate +\d/);
    await expect(schema.execute(['lease', '--data', data])).rejects.toThrow(ConfigurationError);
  });

  it('that only a single read has are new when they come, and never gone for lists that lack them', async ({
    company,
    webhooks,
  }) => {
    const { faults } = company.simulator;
    await inFull(company);
    const tell = async () => {
      for (const id of company.world.ids('leases').slice(0, 25)) {
        await webhooks.post(webhooks.about({ eventType: 'lease.updated', objectID: String(id), objectTypeID: '4' }));
      }
      await until('all hints are worked off', () => webhooks.queued() === 0);
    };
    await tell();
    faults.add({ kind: 'changedFields', gained: { renterScore: 7 }, resource: 'leases', only: 'one' });
    await tell();
    expect(await told(company)).toEqual(['leases new renterScore']);
    await inFull(company);
    await inFull(company);
    expect(await told(company)).toEqual(['leases new renterScore']);
  });

  it('are told of even where the way to the bus is interrupted in between', async ({ harness, company }) => {
    await inFull(company, 'vendors');
    const key = `${company.account}#schema`;
    let refused = 0;
    const stop = harness.intercept(({ operation, body }) => {
      if (operation !== 'PutItem' || !JSON.stringify(body).includes(`"${key}"`)) return undefined;
      refused += 1;
      return { status: 400, type: 'ValidationException', message: 'not now' };
    });
    company.simulator.faults.add({ kind: 'changedFields', gained: { isPreferred: true }, resource: 'vendors' });
    await inFull(company, 'vendors');
    // A run is over before it is told what it has learnt.
    await until('the event to be refused', () => refused > 0);
    expect(await told(company)).toEqual([]);
    stop();
    await inFull(company, 'vendors');
    expect(await told(company)).toEqual(['vendors new isPreferred']);
  });
});
