import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../../infra/local/aws-error.ts';
import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { gateItem } from '../../../shared/store/account-gate.ts';
import { approveHold, placeHold } from '../../../shared/store/deletion-hold.ts';
import { newRun, saveRun } from '../../../shared/store/runs.ts';
import { updateSyncState } from '../../../shared/store/sync-state.ts';
import {
  bearer,
  leaveDeadLetter,
  type ServiceUnderTest,
  startedAt,
  startService,
} from '../../../test/status/service-under-test.ts';
import { type HealthReport, healthReportSchema } from './health-report.ts';

let service: ServiceUnderTest;
const account = 'acme';

beforeEach(async () => {
  service = await startService();
});
afterEach(() => service[Symbol.asyncDispose]());

const health = async (options = {}): Promise<HealthReport & { readonly code: number }> => {
  const { statusCode, body } = await service.ask('/health', options);
  return { code: statusCode, ...healthReportSchema.parse(JSON.parse(body)) };
};
/** After a round of the watcher, which says itself that it is incomplete where something could not be read. */
const healthAfterRound = async (options = {}) => {
  await service.watch().catch(() => undefined);
  return health(options);
};
const wrong = ({ checks }: HealthReport) =>
  Object.fromEntries(checks.filter(({ status }) => status !== 'healthy').map(({ name, status }) => [name, status]));

const deadLetter = () => leaveDeadLetter(service);
const hold = { runId: 'r-1', heldAt: '2026-03-01T11:00:00Z', missing: 40, known: 100, limit: 10 };
const openBreaker = (name = account) =>
  service.tables.state.client.send(
    new PutCommand({
      TableName: service.tables.state.name,
      Item: {
        ...gateItem.key(name),
        version: 7,
        consecutiveFailures: 4,
        openings: 1,
        openUntil: startedAt + 60_000,
        openedAt: startedAt - 60_000,
      },
    }),
  );

describe('GET /health', () => {
  it('is healthy when every part answers and nothing waits for anybody', async () => {
    const report = await healthAfterRound();
    expect(report).toMatchObject({
      code: 200,
      status: 'healthy',
      checkedAt: '2026-03-01T12:00:00.000Z',
      watchedAt: '2026-03-01T12:00:00.000Z',
    });
    expect(report.checks.map(({ name }) => name)).toEqual([
      'records-table',
      'state-table',
      'sync-jobs-queue',
      'sync-jobs-dlq-queue',
      'watcher',
      'secrets-manager',
      'rentvine-apis',
      'freshness',
      'held-deletions',
      'dead-letters',
    ]);
    expect(wrong(report)).toEqual({});
  });

  it.each([
    ['a dead letter waits', 'dead-letters', deadLetter],
    ['an account’s breaker is open', 'rentvine-apis', () => openBreaker()],
    [
      'a resource is behind by more than three of its intervals',
      'freshness',
      () =>
        updateSyncState(
          service.tables.state,
          { account, resource: 'leases' },
          {
            anyStartedAt: new Date(startedAt - 16 * 60_000).toISOString(),
          },
        ),
    ],
    [
      'deletions are held',
      'held-deletions',
      () => placeHold(service.tables.state, { account, resource: 'units' }, hold),
    ],
    [
      'messages are left in a dead-letter queue',
      'sync-jobs-dlq-queue',
      async () => {
        service.world.waiting = { 'aictive-dev-sync-jobs-dlq.fifo': 1 };
      },
    ],
  ])('is degraded, with 200, while %s', async (_, check, cause) => {
    await cause();
    const report = await healthAfterRound();
    expect(report).toMatchObject({ code: 200, status: 'degraded' });
    expect(wrong(report)).toEqual({ [check]: 'degraded' });
    expect(report.checks.find(({ name }) => name === check)?.message).toMatch(/^[A-Z].*\.$/);
  });

  it('is healthy with what is usual: a resource within three intervals, a deletion that was approved, work in a queue', async () => {
    service.world.waiting = { 'aictive-dev-sync-jobs.fifo': 500 };
    await updateSyncState(
      service.tables.state,
      { account, resource: 'leases' },
      {
        anyStartedAt: new Date(startedAt - 14 * 60_000).toISOString(),
      },
    );
    await placeHold(service.tables.state, { account, resource: 'units' }, hold);
    await approveHold(service.tables.state, { account, resource: 'units' }, 'somebody', new Date(startedAt));
    expect(wrong(await healthAfterRound())).toEqual({});
  });

  it('is unhealthy, with 503, when a table does not answer, and still tells of everything else', async () => {
    await service.watch();
    service.tables.intercept = ({ body }) => {
      if (body.TableName === service.tables.records.name) throw new AwsError('InternalServerError', 'Not now.', 500);
    };
    const report = await health();
    expect(report).toMatchObject({ code: 503, status: 'unhealthy' });
    expect(wrong(report)).toEqual({ 'records-table': 'unhealthy' });
  });

  it('is unhealthy when Secrets Manager or a queue does not answer, and knows what else it does not know then', async () => {
    service.world.refuse = ({ operation }) => {
      if (operation === 'ListSecrets') throw new AwsError('InternalServiceError', 'Not now.', 500);
    };
    expect(wrong(await healthAfterRound())).toEqual({
      'secrets-manager': 'unhealthy',
      'rentvine-apis': 'degraded',
      freshness: 'degraded',
      'held-deletions': 'degraded',
    });
    service.world.now += 10_000;
    service.world.refuse = ({ body }) => {
      if (String(body.QueueUrl).endsWith('sync-jobs.fifo')) throw new AwsError('InternalError', 'Not now.', 500);
    };
    expect(wrong(await healthAfterRound())).toEqual({ 'sync-jobs-queue': 'unhealthy' });
  });

  it('looks again after ten seconds, and tells how old everything is until then', async () => {
    await healthAfterRound();
    const [requests, reads] = [service.world.requests.length, service.tables.requests.length];
    service.world.waiting = { 'aictive-dev-sync-jobs-dlq.fifo': 1 };
    service.world.now += 9_900;
    const report = await health();
    expect(report).toMatchObject({ status: 'healthy', checkedAt: '2026-03-01T12:00:00.000Z' });
    expect(new Set(report.checks.map(({ ageSeconds }) => ageSeconds))).toEqual(new Set([9.9]));
    expect([service.world.requests.length, service.tables.requests.length]).toEqual([requests, reads]);
    service.world.now += 100;
    expect(await health()).toMatchObject({ status: 'degraded', checkedAt: '2026-03-01T12:00:10.000Z' });
  });

  it('tells how old the watcher’s look is, and is unhealthy when that is more than five minutes', async () => {
    expect(await health()).toMatchObject({ code: 503, status: 'unhealthy' });
    service.world.now += 10_000;
    const watchedAt = service.world.now;
    await service.watch();
    service.world.now = watchedAt + 300_000;
    const soon = await health();
    expect(soon).toMatchObject({ code: 200, watchedAt: new Date(watchedAt).toISOString() });
    const ages = Object.fromEntries(soon.checks.map(({ name, ageSeconds }) => [name, ageSeconds]));
    expect(ages).toMatchObject({ watcher: 300, freshness: 300, 'dead-letters': 300, 'state-table': 0 });
    service.world.now += 10_000;
    const late = await health();
    expect(late).toMatchObject({ code: 503, status: 'unhealthy' });
    expect(wrong(late)).toEqual({ watcher: 'unhealthy' });
  });

  it('is not healthy while the state of an account cannot be read', async () => {
    service.world.accounts = ['acme', 'broken'];
    await service.tables.state.client.send(
      new PutCommand({
        TableName: service.tables.state.name,
        Item: { ...gateItem.key('broken'), consecutiveFailures: 'many' },
      }),
    );
    expect(wrong(await healthAfterRound())).toEqual({
      'rentvine-apis': 'degraded',
      freshness: 'degraded',
      'held-deletions': 'degraded',
    });
  });

  it('asks DynamoDB as little with a thousand accounts and many dead letters as with one', {
    tags: 'long',
  }, async () => {
    const costs = async (accounts: number, letters: number) => {
      await using big = await startService();
      // The longest names that there can be.
      big.world.accounts = Array.from({ length: accounts }, (_, index) => String(index).padStart(63, 'a'));
      for (let letter = 0; letter < letters; letter += 1) await leaveDeadLetter(big, `m-${letter}`);
      await big.watch();
      big.tables.requests.length = 0;
      big.world.requests.length = 0;
      await big.ask('/health');
      const report = healthReportSchema.parse(JSON.parse((await big.ask('/health', bearer)).body));
      await big.ask('/metrics', bearer);
      const secrets = big.world.requests.filter(({ operation }) => operation === 'ListSecrets').length;
      return { dynamodb: big.tables.requests.length, secrets, report };
    };
    const few = await costs(1, 1);
    const many = await costs(1_000, 300);
    expect(few.dynamodb).toBeLessThanOrEqual(6);
    expect([many.dynamodb, many.secrets]).toEqual([few.dynamodb, few.secrets]);
    expect(many.report).toMatchObject({ accountCounts: { total: 1_000 }, deadLetters: [{ count: 300 }] });
    expect(many.report.accounts).toHaveLength(20);
  });

  it('names no account without the token, whatever is wrong with it', async () => {
    await Promise.all([
      openBreaker(),
      deadLetter(),
      placeHold(service.tables.state, { account, resource: 'units' }, hold),
    ]);
    await service.watch();
    const { body } = await service.ask('/health');
    expect(body).not.toContain(account);
    expect(JSON.parse(body)).toMatchObject({ status: 'degraded' });
    expect(Object.keys(JSON.parse(body)).sort()).toEqual(['checkedAt', 'checks', 'status', 'watchedAt']);
  });

  it('tells who has the token about each account, resource, queue and dead letter', async () => {
    service.world.accounts = ['acme', 'beta'];
    await openBreaker('beta');
    await deadLetter();
    const collection = { account, resource: 'leases' };
    await updateSyncState(service.tables.state, collection, {
      anyStartedAt: new Date(startedAt - 150_000).toISOString(),
    });
    const run = newRun(
      {
        runId: '2026-03-01T11:58:00Z#incremental',
        mode: 'incremental',
        activeOnly: false,
        since: '',
        pageSize: 250,
        correlationId: 'c-1',
      },
      new Date(startedAt - 120_000),
    );
    const finishedAt = new Date(startedAt - 110_000).toISOString();
    await saveRun(service.tables.state, collection, { ...run, status: 'succeeded', finishedAt }, new Date(startedAt));
    const { accounts = [], queues, deadLetters } = await healthAfterRound(bearer);
    expect(accounts).toMatchObject([
      { account: 'acme', status: 'healthy', breaker: 'closed' },
      {
        account: 'beta',
        status: 'degraded',
        breaker: 'open',
        consecutiveFailures: 4,
        openSince: '2026-03-01T11:59:00.000Z',
      },
    ]);
    expect(accounts[0]?.resources).toHaveLength(resources.length);
    expect(accounts[0]?.resources.find(({ resource }) => resource === 'leases')).toMatchObject({
      freshnessSeconds: 150,
      lagIntervals: 0.5,
      lastRun: { mode: 'incremental', status: 'succeeded', endedAt: finishedAt },
    });
    expect(queues).toContainEqual({ queue: 'sync-jobs', visible: 0, inFlight: 0, delayed: 0 });
    expect(deadLetters).toEqual([{ source: 'sync-jobs', count: 1, oldestKeptAt: '2026-03-01T11:58:30.000Z' }]);
  });
});
