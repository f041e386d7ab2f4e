import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, expect, vi } from 'vitest';
import { commands } from '../../infra/cli/commands.ts';
import { exportRecords } from '../../infra/cli/export-records.ts';
import { startConsole } from '../../infra/console/console.ts';
import { resourceSchedules } from '../../infra/resource-schedules.ts';
import { readSettings } from '../../infra/settings.ts';
import { personalValuesIn } from '../../infra/simulator/generator/personal.ts';
import { sendWebhooks } from '../../infra/simulator/webhooks/webhooks.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { onStack } from '../fixtures.ts';
import { signingKey, webhooksOf } from '../webhooks/webhook-harness.ts';
import { allResources, type Company } from './company.ts';
import { until } from './eventually.ts';
import type { Harness } from './harness.ts';

const data = mkdtempSync(join(tmpdir(), 'planted-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

const it = onStack({ dataDir: join(data, 'stack') });

async function everythingIn({ client, name }: Table): Promise<string> {
  const found: string[] = [];
  for await (const page of paginateScan({ client }, { TableName: name })) found.push(JSON.stringify(page.Items));
  return found.join('\n');
}

/** Everything that a command prints, to either stream. */
async function printedBy(line: string, company: Company): Promise<string> {
  const printed: string[] = [];
  const take = (text: unknown) => void printed.push(String(text));
  vi.spyOn(console, 'log').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    take(text);
    return true;
  });
  const command = commands.find(({ name }) => line.startsWith(name));
  const args = line.slice(command?.name.length).split(' ').filter(Boolean);
  await command?.execute([...args, '--data', data, '--account', company.account]);
  vi.restoreAllMocks();
  return printed.join('\n');
}

/** What an operator may ask about an account. */
const questions = (company: Company, saved: string): string[] => [
  ...[
    'sync status',
    'records list --resource tenants',
    'quarantine list',
    'schema',
    'figures',
    'dlq list',
    'webhook unknown',
    'alarms',
  ].flatMap((line) => [line, `${line} --json`]),
  `records get ${company.world.ids('tenants')[0]} --resource tenants`,
  'records get 1 --resource leases',
  'doctor',
  `contract --save ${saved}`,
];

/** The personal values that the company's server serves, in lists and single reads. */
const served = ({ simulator, world }: Company): ReadonlySet<string> =>
  personalValuesIn(
    allResources.map((name) =>
      world.ids(name).map((id) => [simulator.servedRow(name, id), simulator.servedOne(name, id)]),
    ),
  );

async function getsNowhere(seed: number, harness: Harness): Promise<void> {
  const company = await harness.company({ simulator: { personal: 'planted', seed }, seed });
  expect(served(company).size).toBeGreaterThan(200);
  const webhooks = webhooksOf(company);
  await webhooks.enable();
  for (const [resource, run] of await company.syncAll(allResources, 'full')) {
    expect(run.status, resource).toBe('succeeded');
  }

  // Single reads, of contacts too, and rows that do not fit.
  const sender = sendWebhooks(company.world, {
    url: webhooks.url,
    signingKey,
    unknownEvents: 0.3,
    objectIds: 'parent',
  });
  for (const name of ['leases', 'units', 'workOrders', 'properties'] as const) {
    for (const id of company.world.ids(name).slice(0, 8)) company.world.update(name, id, { name: 'changed' });
  }
  await sender.stop();
  for (const id of ['tenants', 'owners', 'vendors'].flatMap((name) =>
    company.world.ids(name as 'tenants').slice(0, 8),
  )) {
    await webhooks.post(webhooks.about({ eventType: 'Contact Updated', objectID: String(id), objectTypeID: '3' }));
  }
  await until('all hints are worked off', () => webhooks.queued() === 0);
  const ids = company.world.ids('tenants').slice(0, 4);
  company.simulator.faults.add({ kind: 'malformedRows', how: 'badFlag', resource: 'tenants', ids });
  await company.syncAll(['tenants', 'leases', 'applications'], 'full');
  await harness.platform.invoke('business-reporter', { scheduledAt: harness.clock.now().toISOString() });
  await until('all is told', () => harness.stack.idle().then(() => true));

  const console = await startConsole({
    stack: harness.stack,
    schedules: resourceSchedules(readSettings(() => undefined)),
  });
  const view = await fetch(`${console.url}console/state`);
  const places: Record<string, string> = {
    records: await everythingIn(harness.records),
    state: await everythingIn(harness.state),
    events: JSON.stringify(harness.stack.busEvents().events),
    logs: harness.logs.join('\n'),
    console: await view.text(),
  };
  console.stop();
  const saved = join(data, `contract-${seed}.json`);
  for (const line of questions(company, saved)) places[line] = await printedBy(line, company);
  places.contract = readFileSync(saved, 'utf8');
  const exported = join(data, `export-${seed}`);
  for (const resource of allResources) {
    await exportRecords(harness.records, company.collection(resource), exported);
    places[`export of ${resource}`] = readFileSync(join(exported, `${resource}.jsonl`), 'utf8');
  }
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(1);
    expect([...personalValuesIn(text)], place).toEqual([]);
  }
  // What is not personal is there all the same.
  expect(places['records get 1 --resource leases']).toContain('"tenants"');
}

const promise = 'Promise 8: personal values under names that nobody listed get nowhere (seed %s)';
it.for([21, 22, 23, 24])(promise, { tags: 'long' }, (seed, { harness }) => getsNowhere(seed, harness));
