import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { privateMarker } from '../../infra/simulator/generator/personal.ts';
import { type Simulator, startSimulator } from '../../infra/simulator/simulator.ts';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import type { Run } from '../../shared/store/runs.ts';
import { allResources, smallCompany } from '../integration/company.ts';
import { expectMirror, expectToldEverything } from '../integration/mirror.ts';
import { cdkApp } from './cdk.ts';
import { type DeployedStack, deployedStack, nextSecond, until } from './deployed-stack.ts';
import { type EventTap, tapEvents } from './event-tap.ts';
import { protectedTables, tablesAndLogGroups, takeName } from './failed-deployment.ts';

const account = 'acme';
const refusedAccount = 'refused';
/** Where functions find this machine, if the endpoint does not run on it. */
const simulatorHost = process.env.CLOUD_TEST_SIMULATOR_HOST;

/** A stage of its own, so that runs can share an endpoint. */
const stage = `cloud-${randomBytes(4).toString('hex')}`;
const context = {
  functionEndpointUrl: process.env.CLOUD_TEST_FUNCTION_ENDPOINT_URL ?? process.env.AWS_ENDPOINT_URL ?? '',
  logRetentionDays: '1',
  // Several pages of most resources, and no waiting for the rate limit.
  sync: JSON.stringify({ pageSize: 20, requestsPerSecond: 50, burst: 100 }),
};
/** A stage that keeps its data, as one for production does. */
const app = cdkApp(stage, { ...context, ephemeral: 'false' });
/** The same where somebody has said that all of it may go. */
const unprotected = cdkApp(stage, { ...context, ephemeral: 'true' });

let simulator: Simulator;
let stack: DeployedStack;
let isDeployed = false;
let tap: EventTap | undefined;

/** The account as it should be, and as it is stored and told. */
const company = {
  get simulator() {
    return simulator;
  },
  get world() {
    return simulator.world(account);
  },
  stored: (resource: ResourceName) => stack.stored(account, resource),
  events: (resource: ResourceName) =>
    (tap?.events ?? []).filter((event) => event.account === account && event.resource === resource),
};

const secretOf = (secret: string) => {
  const { accessKey } = simulator.authentication(account).credentials;
  const baseUrl = new URL(simulator.baseUrl(account));
  if (simulatorHost !== undefined) baseUrl.hostname = simulatorHost;
  return { auth: { scheme: 'basic', accessKey, secret }, baseUrl: baseUrl.href };
};

async function sync(resources: readonly ResourceName[], mode: Run['mode']): Promise<Map<ResourceName, Run>> {
  const dueAt = await nextSecond();
  const planned = new Map<ResourceName, string>();
  for (const resource of resources) {
    const runId = (await stack.tick(resource, mode, dueAt)).get(account);
    if (runId === undefined) throw new Error(`No run of ${resource} was planned.`);
    planned.set(resource, runId);
  }
  const runs = new Map<ResourceName, Run>();
  for (const [resource, runId] of planned) runs.set(resource, await stack.finished(account, resource, runId));
  return runs;
}

const unsuccessful = (runs: ReadonlyMap<ResourceName, Run>) =>
  [...runs].filter(([, { status }]) => status !== 'succeeded').map(([resource, run]) => ({ resource, ...run }));

/** Every revision of every record was told, or is within a minute. */
async function expectEventsForEverything(): Promise<void> {
  const stored = await Promise.all(allResources.map((resource) => company.stored(resource)));
  const revisions = stored.flatMap((records) => [...records.values()]).reduce((sum, { revision }) => sum + revision, 0);
  const told = () => new Set((tap?.events ?? []).map(({ resource, id, revision }) => `${resource} ${id} ${revision}`));
  const giveUpAt = Date.now() + 60_000;
  while (told().size < revisions && Date.now() < giveUpAt) await tap?.receive();
  for (const resource of allResources) await expectToldEverything(company, resource);
}

/** As the README says of a stage that keeps its data. */
async function destroy(): Promise<void> {
  await unprotected.deploy();
  await unprotected.destroy();
}

/** One after the other, each on what those before it left. */
describe('the core stack, deployed', () => {
  beforeAll(async () => {
    simulator = await startSimulator({
      accounts: [{ name: account, counts: smallCompany }],
      ...(simulatorHost !== undefined && { host: '0.0.0.0' }),
    });
  });

  afterAll(async () => {
    await tap?.remove();
    await stack?.close();
    if (isDeployed) await destroy();
    await simulator.stop();
  });

  it('leaves nothing that blocks the next try where the first deployment of a stage that keeps its data fails half-way', async () => {
    await app.bootstrap();
    const obstacle = await takeName(stage);
    await expect(app.deploy()).rejects.toThrow(/EventBus.*exist/is);
    await obstacle.remove();
    expect(await tablesAndLogGroups(stage)).toEqual([]);
  });

  it('deploys with the ordinary cdk command, its tables protected', async () => {
    // A deployment that fails half-way leaves something to destroy, too.
    isDeployed = true;
    const outputs = await app.deploy();
    expect(await protectedTables(stage)).toEqual([`aictive-${stage}-records`, `aictive-${stage}-state`]);
    stack = deployedStack(stage, outputs);
    tap = await tapEvents(outputs.EventBusName, `aictive-${stage}-test-tap`);
  });

  it('stores every object of an account as soon as it has a secret', async () => {
    await stack.putSecret(account, secretOf(simulator.authentication(account).credentials.secret));
    expect(unsuccessful(await sync(allResources, 'full'))).toEqual([]);
    for (const resource of allResources) await expectMirror(company, resource);
  });

  it('tells of every record', async () => {
    await expectEventsForEverything();
    expect(new Set(tap?.events.map(({ change }) => change))).toEqual(new Set(['created']));
  });

  it('writes and tells nothing where nothing has changed', async () => {
    const runs = await sync(allResources, 'full');
    expect(unsuccessful(runs)).toEqual([]);
    for (const { counts } of runs.values()) expect(counts).toMatchObject({ created: 0, updated: 0, deleted: 0 });
    for (const resource of allResources) {
      for (const { revision } of (await company.stored(resource)).values()) expect(revision).toBe(1);
    }
  });

  it('finds what was created and changed with an incremental sync, and what is gone with a full one', async () => {
    const [leaseId = 0] = company.world.ids('leases');
    const [billId = 0] = company.world.ids('bills');
    const [transactionId = 0] = company.world.ids('transactions').slice(-1);
    company.world.update('leases', leaseId, { moveOutDate: '2031-05-31' });
    company.world.create('workOrders', { description: 'The gutter leaks', primaryWorkOrderStatusID: 2 });
    company.world.voidTransaction(transactionId);
    expect(unsuccessful(await sync(['leases', 'workOrders', 'transactions'], 'incremental'))).toEqual([]);
    company.world.delete('bills', billId);
    expect(unsuccessful(await sync(['bills'], 'full'))).toEqual([]);

    for (const resource of allResources) await expectMirror(company, resource);
    await expectEventsForEverything();
    const changed = company.events('leases').find(({ id, revision }) => id === String(leaseId) && revision === 2);
    expect(changed?.changes).toContainEqual(expect.objectContaining({ field: 'moveOutDate', current: '2031-05-31' }));
    expect(company.events('bills').filter(({ change }) => change === 'deleted')).toMatchObject([
      { id: String(billId) },
    ]);
  });

  it('catches up after an outage of the API, without a person and without a dead letter', async () => {
    const [propertyId = 0] = company.world.ids('properties');
    simulator.faults.down(true);
    const runId = (await stack.tick('properties', 'incremental', await nextSecond())).get(account) ?? '';
    await until('a run that waits', async () => (await stack.run(account, 'properties', runId))?.status === 'waiting');
    company.world.update('properties', propertyId, { name: 'Renamed during the outage' });
    simulator.faults.down(false);
    expect(await stack.finished(account, 'properties', runId)).toMatchObject({ status: 'succeeded' });

    await expectMirror(company, 'properties');
    await expectEventsForEverything();
    expect(await stack.deadLetters()).toBe(0);
  });

  it('reports an account whose key is refused, and goes on with the others', async () => {
    await stack.putSecret(refusedAccount, secretOf('not-the-right-secret'));
    const runIds = await stack.tick('vendors', 'incremental', await nextSecond());
    expect([...runIds.keys()]).toEqual([account, refusedAccount]);
    expect(await stack.finished(refusedAccount, 'vendors', runIds.get(refusedAccount) ?? '')).toMatchObject({
      status: 'failed',
      error: { code: 'UNAUTHENTICATED' },
    });
    expect(await stack.finished(account, 'vendors', runIds.get(account) ?? '')).toMatchObject({ status: 'succeeded' });
    expect(await stack.deadLetters()).toBe(0);
  });

  it('shows credentials and personal fields in no log, record or event', async () => {
    const { accessKey, secret } = simulator.authentication(account).credentials;
    const logs = await stack.logs();
    expect(logs.some((line) => line.includes('Working on a sync run.'))).toBe(true);
    const stored = await Promise.all(
      allResources.map(async (resource) => [...(await company.stored(resource)).values()]),
    );
    const seen = JSON.stringify({ logs, stored, events: tap?.events });
    for (const hidden of [accessKey, secret, 'not-the-right-secret', privateMarker]) expect(seen).not.toContain(hidden);
  });

  it('is destroyed by the ordinary cdk command once its protection is lifted, and leaves nothing behind', async () => {
    await tap?.remove();
    tap = undefined;
    await destroy();
    isDeployed = false;
    expect(await stack.leftovers()).toEqual([]);
  });
});
