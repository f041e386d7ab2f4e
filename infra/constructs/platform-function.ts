import { ArnFormat, type Duration, Stack, Stage, Token, Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { metricsNamespace } from '../../shared/observability/metrics.ts';
import type { Settings } from '../settings.ts';
import { bundleFunction } from './bundle.ts';
import { removalPolicy } from './removal-policy.ts';
import type { NamedTable } from './tables.ts';

type Conditions = Readonly<Record<string, object>>;

/** Where the partition is one of the audit's. */
export const auditEntries: Conditions = { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['audit#*'] } };

export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'PartiQLInsert'
  | 'DescribeTable';

export interface PlatformFunctionProps {
  /** The function's folder in `functions/`, and the last part of its physical name: `sync-worker`. */
  readonly name: string;
  readonly description: string;
  readonly settings: Settings;
  readonly timeout: Duration;
  /** Megabytes; CPU grows with it. */
  readonly memorySize: number;
  /** What it reads beside `STAGE` and what is bound to it. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * For a function that queues messages for itself: Lambda would take that for a runaway loop and drop the sixteenth. What
   * bounds such a chain is the function's own count of attempts.
   */
  readonly queuesForItself?: boolean;
  /** Where Lambda puts an asynchronous invocation that failed three times. */
  readonly deadLetterQueue?: IQueue;
}

/**
 * A function with the house defaults: Node 24 on arm64, one minified ES module with its source map and the AWS SDK
 * inside, tracing, JSON logs in its own log group, and its own role that may only log and trace. What else it may use is bound
 * to it: one call sets the variable by which it finds the thing and grants the rights to it.
 */
export class PlatformFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly #settings: Settings;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id);
    const { name, settings } = props;
    this.#settings = settings;
    const functionName = `${settings.prefix}-${name}`;

    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: settings.logRetentionDays satisfies RetentionDays,
      removalPolicy: removalPolicy(settings),
    });

    this.role = new Role(this, 'Role', {
      roleName: `${functionName}-function`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(this.role);

    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: props.description,
      code: Code.fromAsset(bundleFunction(name, Stage.of(this)?.outdir ?? 'cdk.out', settings.tracing.mode)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      role: this.role,
      ...(settings.tracing.mode === 'xray' && { tracing: Tracing.ACTIVE }),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // What is printed is the logger's decision: the lowest level here lets the debug lines of sampled invocations
      // through. Metrics are lines without a level, which count as INFO.
      applicationLogLevelV2: ApplicationLogLevel.DEBUG,
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(props.queuesForItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
      environment: {
        ...props.environment,
        STAGE: settings.stage,
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(settings.stage),
        POWERTOOLS_LOG_LEVEL: 'INFO',
        POWERTOOLS_LOGGER_SAMPLE_RATE: String(settings.debugSampleRate),
        POWERTOOLS_TRACER_CAPTURE_RESPONSE: 'false',
        POWERTOOLS_TRACER_CAPTURE_ERROR: 'false',
        ...telemetryVariables(settings),
        ...(settings.functionEndpointUrl !== undefined && {
          AWS_ENDPOINT_URL: settings.functionEndpointUrl,
        }),
      },
    });

    const { mode, otlpEndpoint } = settings.tracing;
    if (mode === 'otel' && otlpEndpoint === undefined) this.allow(['xray:PutTraceSegments'], ['*']);

    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray has no resources to restrict its actions to; nor have ListSecrets and ListStreams where they are used.',
    });
  }

  /**
   * Gives it a table, to do these things with.
   *
   * @param partitions patterns of the partition keys that it may get at, where not all
   */
  bindTable(
    variable: 'RECORDS_TABLE' | 'STATE_TABLE',
    { name, arn }: NamedTable,
    actions: readonly TableAction[],
    partitions?: readonly string[],
  ): void {
    this.function.addEnvironment(variable, name);
    this.allow(
      actions.map((action) => `dynamodb:${action}`),
      [arn],
      partitions && { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...partitions] } },
    );
    if (variable === 'STATE_TABLE' && actions.includes('PutItem')) this.#keepFromAudit(arn);
  }

  /** Audit entries are of what people did. The table's own policy keeps everybody from changing one. */
  #keepFromAudit(stateArn: string): void {
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ['dynamodb:PutItem'],
        resources: [stateArn],
        conditions: auditEntries,
      }),
    );
  }

  /** Gives it a queue to send messages to. */
  bindQueue(variable: string, { queueUrl, queueArn }: IQueue): void {
    this.function.addEnvironment(variable, queueUrl);
    this.allow(['sqs:SendMessage'], [queueArn]);
  }

  /**
   * Tells it which accounts have a secret. Secrets Manager cannot restrict a listing to a prefix; it shows names and no values, and
   * neither does a description.
   */
  bindAccountNames(): void {
    this.allow(['secretsmanager:ListSecrets'], ['*']);
    this.bindAccountSecrets('DescribeSecret');
  }

  /** Lets it ask this about every account's secret. */
  bindAccountSecrets(
    action: 'GetSecretValue' | 'DescribeSecret' | 'ListSecretVersionIds' = 'GetSecretValue',
    reason = byPrefix,
  ): void {
    this.#bindSecrets('SECRET_PREFIX', this.#settings.secretPrefix, action, reason);
  }

  /** Lets it read every account's signing keys of webhooks, which are in secrets of their own. */
  bindWebhookSecrets(): void {
    this.#bindSecrets('WEBHOOK_SECRET_PREFIX', this.#settings.webhookSecretPrefix, 'GetSecretValue', byPrefix);
  }

  #bindSecrets(variable: string, prefix: string, action: string, reason: string): void {
    const secretArns = Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.function.addEnvironment(variable, prefix);
    this.allow([`secretsmanager:${action}`], [secretArns]);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${asNagWrites(Stack.of(this), secretArns)}]`,
      reason,
    });
  }

  /** Allows the function these actions on these resources, and nothing else. */
  allow(actions: readonly string[], resources: readonly string[], conditions: Conditions = {}): void {
    this.role.addToPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources], conditions }),
    );
  }
}

const byPrefix = 'Accounts are found by this prefix, so that adding a customer takes no deployment.';

/** OpenTelemetry's own variables, where it is what tells of traces. */
function telemetryVariables({ tracing: { mode, sampleRate = 0.05, otlpEndpoint } }: Settings): Record<string, string> {
  if (mode !== 'otel') return {};
  return {
    OTEL_TRACES_SAMPLER_ARG: String(sampleRate),
    ...(otlpEndpoint !== undefined && { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: otlpEndpoint }),
  };
}

/** An ARN as cdk-nag calls it: with names in place of what only the deployment knows, which is less where the stage names its account. */
const asNagWrites = ({ partition, region, account }: Stack, arn: string): string =>
  Object.entries({ '<AWS::Partition>': partition, '<AWS::Region>': region, '<AWS::AccountId>': account }).reduce(
    (text, [name, value]) => (Token.isUnresolved(value) ? text.replaceAll(value, name) : text),
    arn,
  );
