import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { TemplateResource } from '../cloudformation/template-resource.ts';
import type { FunctionDefinition } from './function-pool.ts';

const functionSchema = z.strictObject({
  Code: z.looseObject({ S3Key: z.string().optional() }),
  FunctionName: z.string().optional(),
  Handler: z.string(),
  Runtime: z.string(),
  MemorySize: z.coerce.number().default(128),
  Timeout: z.coerce.number().default(3),
  Environment: z
    .strictObject({ Variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) })
    .optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).optional(),
});
const inertProperties = [
  'Architectures',
  'Description',
  'LoggingConfig',
  'RecursiveLoop',
  'Role',
  'Tags',
  // Powertools traces only where Lambda says that it is Lambda, and nobody here takes traces.
  'TracingConfig',
];

export interface FunctionOptions {
  readonly assets: ReadonlyMap<string, string>;
  /** Variables that every function gets: region, credentials, endpoint and whatever the caller adds. */
  readonly environment: Readonly<Record<string, string>>;
  /** See `Clock`. */
  readonly aheadMs?: BigInt64Array | undefined;
  /** Most environments of a function at once. */
  readonly concurrency: number;
}

/** What the runner needs to know of an `AWS::Lambda::Function`, and its dead-letter queue. */
export interface LocalFunction {
  readonly definition: FunctionDefinition;
  readonly deadLetterArn: string | undefined;
}

/** Reads an `AWS::Lambda::Function`. @throws ConfigurationError for what cannot run in a thread of this process */
export function readFunction(resource: TemplateResource, options: FunctionOptions): LocalFunction {
  const properties = resource.properties(functionSchema, inertProperties);
  const { Handler: handler, MemorySize: memoryMb, Runtime: runtime } = properties;
  if (!runtime.startsWith('nodejs')) throw resource.fault(`runtime ${runtime} is not supported`);
  const directory = options.assets.get(properties.Code.S3Key ?? '');
  if (!directory) throw resource.fault('its code is no asset of this assembly');
  if (!existsSync(directory)) throw resource.fault(`its code ${directory} does not exist: run \`cdk synth\` again`);
  if (!statSync(directory).isDirectory()) throw resource.fault(`its code ${directory} is no directory`);
  const [file = '', exportName = ''] = handler.split('.');
  const module = join(directory, `${file}.mjs`);
  if (!existsSync(module)) throw resource.fault(`its handler ${handler} is not in ${module}`);
  const variables = Object.entries(properties.Environment?.Variables ?? {}).map(
    ([key, value]) => [key, String(value)] as const,
  );
  const name = resource.physicalId;
  return {
    deadLetterArn: properties.DeadLetterConfig?.TargetArn,
    definition: {
      name,
      arn: resource.attribute('Arn'),
      module,
      exportName,
      memoryMb,
      aheadMs: options.aheadMs,
      timeoutMs: properties.Timeout * 1000,
      concurrency: options.concurrency,
      environment: {
        TZ: ':UTC',
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
        AWS_LAMBDA_LOG_STREAM_NAME: 'local',
        AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR',
        LAMBDA_TASK_ROOT: directory,
        _HANDLER: handler,
        ...Object.fromEntries(variables),
        ...options.environment,
      },
    },
  };
}
