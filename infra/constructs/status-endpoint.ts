import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import type { QueueList } from '../../shared/health/queue-list.ts';
import { functionNames } from '../alarms/platform-names.ts';
import type { Settings } from '../settings.ts';
import { PlatformFunction } from './platform-function.ts';
import type { PublicApi, RouteLimit } from './public-api.ts';
import type { NamedQueue } from './queues.ts';
import type { Tables } from './tables.ts';

/** Longer than any check and any source of metrics takes. */
const timeout = Duration.seconds(10);
/**
 * Anybody may call these. A request that finds its answer in memory takes milliseconds, so a flood of them within the limit
 * needs few environments of the function, and each of those asks AWS once in ten seconds. No concurrency is reserved for it: a
 * new AWS account, with ten for everything, would have none left.
 */
const healthLimit: RouteLimit = { perSecond: 5, burst: 10 };
const metricsLimit: RouteLimit = { perSecond: 2, burst: 5 };
const docsLimit: RouteLimit = { perSecond: 5, burst: 20 };

export interface StatusEndpointProps {
  readonly settings: Settings;
  readonly api: PublicApi;
  readonly tables: Tables;
  /** Every queue of the platform; of a dead-letter queue also what its messages were for. */
  readonly queues: readonly (NamedQueue & { readonly source?: string })[];
}

/** How the platform is, for monitors, Prometheus and people: `/health`, `/metrics`, `/docs` and `/openapi.json`. */
export class StatusEndpoint extends Construct {
  readonly #status: PlatformFunction;
  /** Name of the secret with the bearer token; an operator makes it. */
  readonly tokenSecretName: string;

  constructor(scope: Construct, id: string, props: StatusEndpointProps) {
    super(scope, id);
    const { settings, api, queues } = props;
    // Not below the accounts' prefix, or it would be taken for one of them.
    this.tokenSecretName = `aictive/${settings.stage}/status-token`;
    this.#status = new PlatformFunction(this, 'Status', {
      name: 'status',
      description: 'Answers how the platform is: health, metrics, documentation',
      settings,
      timeout,
      memorySize: 512,
      environment: {
        STATUS_TOKEN_SECRET: this.tokenSecretName,
        QUEUES: Stack.of(this).toJsonString(
          queues.map(({ name, queue, source }): QueueList[number] => ({
            name: name.replace('.fifo', ''),
            url: queue.queueUrl,
            ...(source !== undefined && { deadLettersOf: source }),
          })),
        ),
        FUNCTIONS: JSON.stringify(functionNames.toSorted()),
        API_ID: api.api.apiId,
      },
    });
    this.allowToLook(props);
    this.addRoutes(api);
  }

  private allowToLook({ tables: { state, records }, queues }: StatusEndpointProps): void {
    this.#status.bindTable('STATE_TABLE', state, ['GetItem', 'DescribeTable']);
    this.#status.bindTable('RECORDS_TABLE', records, ['GetItem', 'DescribeTable']);
    this.#status.allow(
      ['sqs:GetQueueAttributes'],
      queues.map(({ queue }) => queue.queueArn),
    );
    // Metrics have no ARN.
    this.#status.allow(['cloudwatch:GetMetricData'], ['*']);
    // Secrets Manager adds six characters to a name; until the secret exists, the name alone is asked for.
    this.#status.allow(
      ['secretsmanager:GetSecretValue'],
      ['', '-??????'].map((suffix) =>
        Stack.of(this).formatArn({
          service: 'secretsmanager',
          resource: 'secret',
          resourceName: this.tokenSecretName + suffix,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ),
    );
  }

  private addRoutes(api: PublicApi): void {
    // Every method, so that a wrong one is answered in the same way as everything else.
    const add = (path: string, why: string, limit: RouteLimit) =>
      api.addRoute(HttpMethod.ANY, path, this.#status.function, why, limit);
    add(
      '/health',
      'Monitors call it without credentials; the function tells about accounts only with its token.',
      healthLimit,
    );
    add('/metrics', 'The function compares a bearer token from Secrets Manager, as Prometheus sends it.', metricsLimit);
    add('/docs', 'The documentation is public and holds nothing of anybody.', docsLimit);
    add('/openapi.json', 'The documentation is public and holds nothing of anybody.', docsLimit);
  }
}
