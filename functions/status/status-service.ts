import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { cached } from '../../shared/cached.ts';
import type { StatusDependencies } from './answer-request.ts';
import { docsPage } from './docs/docs-page.ts';
import { openApiDocument } from './docs/openapi.ts';
import { reportHealth } from './health/report-health.ts';
import { type PlatformSnapshot, runChecks } from './health/run-checks.ts';
import { type CloudWatchNames, cloudWatchCatalogue } from './metrics/cloudwatch-catalogue.ts';
import type { Family } from './metrics/exposition.ts';
import { readCloudWatch } from './metrics/read-cloudwatch.ts';
import { type MetricSource, readMetrics } from './metrics/read-metrics.ts';
import { stateFamilies } from './metrics/state-families.ts';
import { summaryFamilies } from './metrics/summary-families.ts';
import { tableFamilies } from './metrics/table-families.ts';
import { type Platform, platformSources } from './platform-sources.ts';
import type { Authorization } from './status-token.ts';

export interface StatusServiceOptions {
  readonly platform: Platform;
  readonly cloudWatch: CloudWatchClient;
  readonly stage: string;
  readonly apiId: string;
  /** Folders of the platform's functions. */
  readonly functions: readonly string[];
  readonly authorize: (header: string | undefined) => Promise<Authorization>;
}

/** What checking one part may take. The SDK's clients give up on a request before. */
const patienceMs = 2_500;
const healthKeptMs = 10_000;
/** What costs money, or is slow to change. */
const metricsKeptMs = 60_000;

/** Everything that the routes tell, each part kept in memory for as long as it may be old. */
export function statusService(options: StatusServiceOptions): StatusDependencies {
  const { platform, authorize } = options;
  const { now } = platform;
  const seen = cached(healthKeptMs, now, () => runChecks(platformSources(platform), { now, patienceMs }));
  const sources = metricSources(options, seen);
  const openApi = once(openApiDocument);
  return {
    authorize,
    health: async (withDetails) => reportHealth(await seen(), now(), withDetails),
    metrics: () => readMetrics(sources),
    docs: once(() => docsPage(openApi())),
    openApi: once(() => JSON.stringify(openApi())),
  };
}

function metricSources(options: StatusServiceOptions, seen: () => Promise<PlatformSnapshot>): MetricSource[] {
  const { platform, cloudWatch } = options;
  const { now, state, records } = platform;
  const kept = (name: string, read: () => Promise<readonly Family[]>): MetricSource => ({
    name,
    read: cached(metricsKeptMs, now, read),
  });
  const catalogue = cloudWatchCatalogue(cloudWatchNames(options));
  return [
    { name: 'health', read: async () => stateFamilies(await seen()) },
    {
      name: 'watcher',
      read: async () => {
        const { summary } = await seen();
        if (summary === undefined) throw new Error('There is no summary of the watcher that can be read.');
        return summaryFamilies(summary, now());
      },
    },
    kept('cloudwatch', () => readCloudWatch(cloudWatch, catalogue, now())),
    kept('tables', () => tableFamilies({ records, state })),
  ];
}

const cloudWatchNames = ({ platform, stage, apiId, functions }: StatusServiceOptions): CloudWatchNames => ({
  stage,
  apiId,
  functions,
  queues: platform.queues.map(({ name, url }) => ({ name, physicalName: url.split('/').at(-1) ?? name })),
  tables: [
    { name: 'records', physicalName: platform.records.name },
    { name: 'state', physicalName: platform.state.name },
  ],
  deadLetterSources: platform.queues.flatMap(({ deadLettersOf }) => deadLettersOf ?? []),
});

/** Made when it is first asked for, so that a cold start for anything else does not pay for it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
