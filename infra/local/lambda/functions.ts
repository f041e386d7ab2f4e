import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { Resource } from '../cloudformation/stack-model.ts';
import type { FunctionDefinition } from './function-pool.ts';

const functionSchema = z.looseObject({
  Code: z.looseObject({
    S3Key: z.string().optional(),
    ZipFile: z.string().optional(),
    ImageUri: z.string().optional(),
  }),
  Handler: z.string().optional(),
  Runtime: z.string().optional(),
  MemorySize: z.coerce.number().default(128),
  Timeout: z.coerce.number().default(3),
  Layers: z.array(z.unknown()).optional(),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  Environment: z
    .looseObject({ Variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}) })
    .optional(),
  DeadLetterConfig: z.looseObject({ TargetArn: z.string().optional() }).optional(),
});

export interface FunctionOptions {
  readonly assets: ReadonlyMap<string, string>;
  /** Where code that is inline in the template is written to. */
  readonly codeDir: string;
  /** Variables that every function gets: region, credentials, endpoint and whatever the caller adds. */
  readonly environment: Readonly<Record<string, string>>;
  /** See `Clock`. */
  readonly aheadMs?: BigInt64Array | undefined;
  /** Most environments of a function that reserves none. */
  readonly concurrency: number;
}

/** What the runner needs to know of an `AWS::Lambda::Function`, and its dead-letter queue. */
export interface LocalFunction {
  readonly definition: FunctionDefinition;
  readonly deadLetterArn: string | undefined;
}

function codeDirectory(
  resource: Resource,
  code: z.infer<typeof functionSchema>['Code'],
  options: FunctionOptions,
): string {
  if (code.ZipFile !== undefined) {
    const directory = join(options.codeDir, resource.physicalId);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'index.js'), code.ZipFile);
    return directory;
  }
  const directory = options.assets.get(code.S3Key ?? '');
  if (!directory) throw resource.fault('its code is no asset of this assembly');
  if (!existsSync(directory)) throw resource.fault(`its code ${directory} does not exist: run \`cdk synth\` again`);
  if (!statSync(directory).isDirectory())
    throw resource.fault(`its code ${directory} is no directory; archives are not supported`);
  return directory;
}

/** Reads an `AWS::Lambda::Function`. @throws ConfigurationError for what cannot run in a thread of this process */
export function readFunction(resource: Resource, options: FunctionOptions): LocalFunction {
  const properties = resource.properties(functionSchema);
  if (!properties.Runtime?.startsWith('nodejs'))
    throw resource.fault(`runtime ${properties.Runtime ?? 'none'} is not supported`);
  if (properties.Layers?.length) throw resource.fault('layers are not supported');
  const directory = codeDirectory(resource, properties.Code, options);
  const handler = properties.Handler ?? 'index.handler';
  const dot = handler.lastIndexOf('.');
  const file = handler.slice(0, dot);
  const module = ['.mjs', '.js', '.cjs'].map((extension) => resolve(directory, file + extension)).find(existsSync);
  if (!module) throw resource.fault(`its handler ${handler} is not in ${directory}`);
  const variables = Object.entries(properties.Environment?.Variables ?? {}).map(
    ([key, value]) => [key, String(value)] as const,
  );
  const name = resource.physicalId;
  return {
    deadLetterArn: properties.DeadLetterConfig?.TargetArn,
    definition: {
      name,
      arn: resource.attribute('Arn'),
      constructPath: resource.constructPath,
      module,
      exportName: handler.slice(dot + 1),
      memoryMb: properties.MemorySize,
      aheadMs: options.aheadMs,
      timeoutMs: properties.Timeout * 1000,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      concurrency: Math.min(properties.ReservedConcurrentExecutions ?? options.concurrency, options.concurrency),
      // No AWS_EXECUTION_ENV: with it Powertools would trace, and nobody here takes traces.
      environment: {
        TZ: ':UTC',
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
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
