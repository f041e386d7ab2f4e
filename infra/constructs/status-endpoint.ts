import { ArnFormat, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { QueueList } from '../../shared/config.ts';
import type { Settings } from '../settings.ts';
import { PlatformFunction } from './platform-function.ts';
import type { PublicApi, RouteLimit } from './public-api.ts';
import { resourceSchedules } from './sync-schedules.ts';

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
  readonly state: Table;
  readonly records: Table;
  /** Accounts are the secrets below this prefix. */
  readonly secretPrefix: string;
  /** Every queue of the platform. */
  readonly queues: readonly StatusQueue[];
}

export interface StatusQueue {
  readonly name: string;
  readonly queue: Queue;
  /** For a dead-letter queue: what its messages were for. */
  readonly deadLettersOf?: string;
}

/** How the platform is, for monitors, Prometheus and people: `/health`, `/metrics`, `/docs` and `/openapi.json`. */
export class StatusEndpoint extends Construct {
  readonly status: PlatformFunction;
  /** Name of the secret with the bearer token; an operator makes it. */
  readonly tokenSecretName: string;

  constructor(scope: Construct, id: string, props: StatusEndpointProps) {
    super(scope, id);
    const { settings, api, state, records, secretPrefix, queues } = props;
    // Not below the accounts' prefix, or it would be taken for one of them.
    this.tokenSecretName = `aictive/${settings.stage}/status-token`;
    this.status = new PlatformFunction(this, 'Status', {
      name: 'status',
      description: 'Answers how the platform is: health, metrics, documentation',
      settings,
      timeout,
      memorySize: 512,
      environment: {
        STAGE: settings.stage,
        SECRET_PREFIX: secretPrefix,
        STATUS_TOKEN_SECRET: this.tokenSecretName,
        STATE_TABLE: state.tableName,
        RECORDS_TABLE: records.tableName,
        RESOURCE_SCHEDULES: JSON.stringify(resourceSchedules(settings)),
        QUEUES: Stack.of(this).toJsonString(
          queues.map(({ name, queue, deadLettersOf }): QueueList[number] => ({
            name,
            url: queue.queueUrl,
            ...(deadLettersOf !== undefined && { deadLettersOf }),
          })),
        ),
        FUNCTIONS: Lazy.string({ produce: () => JSON.stringify(functionFolders(this, settings.stage)) }),
        API_ID: api.api.apiId,
      },
    });
    this.allowToLook(props);
    this.addRoutes(api);
  }

  private allowToLook({ state, records, queues }: StatusEndpointProps): void {
    this.status.allow(
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:DescribeTable'],
      [state.tableArn],
    );
    this.status.allow(['dynamodb:GetItem', 'dynamodb:DescribeTable'], [records.tableArn]);
    this.status.allow(
      ['sqs:GetQueueAttributes'],
      queues.map(({ queue }) => queue.queueArn),
    );
    // Neither can be restricted: a listing shows names and no values, and metrics have no ARN.
    this.status.allow(['secretsmanager:ListSecrets', 'cloudwatch:GetMetricData'], ['*']);
    // Secrets Manager adds six characters to a name; until the secret exists, the name alone is asked for.
    this.status.allow(
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
      api.addRoute(HttpMethod.ANY, path, this.status.function, why, limit);
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

/** Folders of every function of the stack, those that are added later included. */
function functionFolders(scope: Construct, stage: string): string[] {
  const prefix = `aictive-${stage}-`;
  return Stack.of(scope)
    .node.findAll()
    .flatMap((construct) => (construct instanceof CfnFunction ? [construct.functionName ?? ''] : []))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .sort();
}
