import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../../infra/local/aws-error.ts';
import { saveFigures } from '../../../shared/store/business-figures.ts';
import { quarantine } from '../../../shared/store/quarantine.ts';
import { parseExposition } from '../../../test/status/exposition-parser.ts';
import {
  bearer,
  leaveDeadLetter,
  type ServiceUnderTest,
  startedAt,
  startService,
} from '../../../test/status/service-under-test.ts';

let service: ServiceUnderTest;
const account = 'acme';

beforeEach(async () => {
  service = await startService();
});
afterEach(() => service[Symbol.asyncDispose]());

/** After a round of the watcher. */
const metrics = async () => {
  await service.watch();
  return parseExposition((await service.ask('/metrics', bearer)).body);
};

describe('GET /metrics', () => {
  it('has every part of the checklist: API, workflows, business, system resources, errors by component', async () => {
    service.world.values = [1, 2];
    await leaveDeadLetter(service);
    await saveFigures(service.tables.state, account, {
      measuredAt: '2026-03-01T06:00:00.000Z',
      occupancy: { units: 40, occupied: 30, vacant: 10, vacancyRate: 25, rentRollCents: 4_500_000 },
      leases: { pastDueCents: 120_000, pastDueLeases: 2, leasesEnding: { '30': 1, '60': 2, '90': 3 } },
      collectedThisMonthCents: 4_000_000,
      openWorkOrders: { low: 1, medium: 2, high: 3, other: 0 },
    });
    const row = { id: '5', reason: 'rent: no number', seenAt: '2026-03-01T11:00:00Z', runId: 'r-1' };
    await quarantine(service.tables.state, { account, resource: 'leases' }, row, new Date(startedAt));

    const families = await metrics();
    const value = (name: string, labels = {}) => {
      const samples = families.get(`aictive_${name}`)?.samples ?? [];
      return samples.find((each) => Object.entries(labels).every(([key, text]) => each.labels[key] === text))?.value;
    };
    expect(value('http_requests_last_5m')).toBe(3);
    expect(value('http_latency_seconds', { statistic: 'p95' })).toBe(0.002);
    expect(value('rentvine_requests_last_5m', { function: 'sync-worker', status: '5xx' })).toBe(3);
    expect(value('sync_slices_last_5m', { mode: 'full' })).toBe(3);
    expect(value('webhooks_last_5m', { answer: 'unauthorized' })).toBe(3);
    expect(value('function_memory_used_bytes', { function: 'status' })).toBe(2 * 1024 * 1024);
    expect(value('function_errors_last_5m', { function: 'sync-worker' })).toBe(3);
    expect(value('table_items', { table: 'state' })).toBeGreaterThanOrEqual(0);
    expect(value('units', { account })).toBe(40);
    expect(value('vacancy_ratio', { account })).toBe(0.25);
    expect(value('leases_ending', { account, within_days: '60' })).toBe(2);
    expect(value('open_work_orders', { account, priority: 'high' })).toBe(3);
    expect(value('business_figures_age_seconds', { account })).toBe(6 * 3600);
    expect(value('dead_letters', { source: 'sync-jobs' })).toBe(1);
    expect(value('dead_letter_oldest_age_seconds', { source: 'sync-jobs' })).toBe(90);
    expect(value('quarantined_rows', { account, resource: 'leases' })).toBe(1);
    expect(value('quarantined_rows', { account, resource: 'units' })).toBe(0);
    expect(value('rentvine_breaker_open', { account })).toBe(0);
    expect(value('accounts')).toBe(1);
    expect(value('watcher_age_seconds')).toBe(0);
    expect(value('health', { status: 'degraded' })).toBe(1);
    expect(value('health', { status: 'healthy' })).toBe(0);
  });

  it('leaves out what cannot be read, says so, and has everything else', async () => {
    service.world.refuse = ({ operation }) => {
      if (operation === 'GetMetricData') throw new AwsError('InternalServiceFault', 'Not now.', 500);
    };
    const families = await metrics();
    expect(families.get('aictive_source_up')?.samples).toEqual(
      [
        ['health', 1],
        ['watcher', 1],
        ['cloudwatch', 0],
        ['tables', 1],
      ].map(([source, value]) => ({ labels: { source }, value })),
    );
    expect(families.has('aictive_http_requests_last_5m')).toBe(false);
    expect(families.has('aictive_queue_messages')).toBe(true);
  });

  it('pays for CloudWatch once a minute, however often it is scraped', async () => {
    const scrapes = () => service.world.requests.filter(({ operation }) => operation === 'GetMetricData').length;
    for (let scrape = 0; scrape < 4; scrape += 1) {
      await metrics();
      service.world.now += 15_000;
    }
    expect(scrapes()).toBe(1);
    await metrics();
    expect(scrapes()).toBe(2);
  });
});
