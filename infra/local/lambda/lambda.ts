import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import { unqualifiedArn } from '../cloudformation/resource-types.ts';
import { ofType, type TemplateResource } from '../cloudformation/template-resource.ts';
import type { AwsMetrics } from '../cloudwatch/aws-metrics.ts';
import type { LocalDynamoDb } from '../dynamodb/dynamodb.ts';
import { refuse } from '../intercept.ts';
import type { LocalService, LocalWorld } from '../local-service.ts';
import type { LocalSqs } from '../sqs/sqs.ts';
import {
  type AsyncInvokeConfig,
  asyncInvocations,
  defaultRetryAttempts,
  readInvokeConfig,
} from './async-invocations.ts';
import { type EventSourceMapping, startEventSourceMapping } from './event-source-mapping.ts';
import { type FunctionOptions, readFunction } from './function-definition.ts';
import { functionLogs, type LogLine } from './function-logs.ts';
import { type FunctionPool, functionPool, type PoolHooks } from './function-pool.ts';

const idleCheckMs = 5;
/** As AWS accounts have it that were in use for a while; nothing here is turned away, it waits. */
const accountLimit = { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 };

export interface LambdaOptions extends Omit<FunctionOptions, 'aheadMs'> {
  /** How long running invocations may take to finish when the service closes. */
  readonly graceMs: number;
  onLog(line: LogLine): void;
  /** Called at the start of each invocation; see `LocalStackOptions`. */
  invocation?(info: { functionName: string; requestId: string; payload: unknown; kill(): boolean }): void;
  /** Called at the end of each invocation, however it ended. */
  invoked?(info: { functionName: string; requestId: string; durationMs: number }): void;
}

/** An answer of the Invoke API. */
export interface InvokeResponse {
  readonly StatusCode: number;
  readonly FunctionError?: string;
  /** JSON. */
  readonly Payload: string;
}

const invokeRequest = z.looseObject({
  FunctionName: z.string(),
  InvocationType: z.enum(['RequestResponse', 'Event']).default('RequestResponse'),
  Payload: z.string(),
});

export interface LocalLambda extends LocalService {
  /** @returns for `Invoke` an {@link InvokeResponse} */
  execute(operation: string, body: Record<string, unknown>): Promise<unknown>;
  /** @param nameOrArn with or without the qualifier of a version or alias */
  function(nameOrArn: string): FunctionPool | undefined;
  /** @param nameOrPath its name, ARN, logical id or construct path @throws AwsError when there is no such function */
  find(nameOrPath: string): FunctionPool;
  /**
   * What invokes a function asynchronously as another service would, through fault injection; undefined when there is no
   * such function.
   */
  target(arn: string): ((payload: string) => Promise<void>) | undefined;
  /** Switches the queues and streams that feed a function on or off; resolves when what was running has ended. */
  setEventSources(nameOrPath: string, enabled: boolean): Promise<void>;
  /** Resolves when everything that functions wrote until now has been read. */
  written(): Promise<void>;
}

/** Lambda on one machine: functions, their event sources, and asynchronous invocations. */
export function startLambda(
  world: LocalWorld,
  used: { readonly sqs: LocalSqs; readonly dynamodb: LocalDynamoDb; readonly measured: AwsMetrics },
  options: LambdaOptions,
): LocalLambda {
  const { region, accountId } = world;
  const { measured } = used;
  const pools = new Map<string, FunctionPool>();
  const invokeConfigs = new Map<FunctionPool, AsyncInvokeConfig>();
  const mappings: EventSourceMapping[] = [];
  let functions: readonly TemplateResource[] = [];
  const asyncs = asyncInvocations();
  const logs = functionLogs(world.path('logs'));

  const hooks: PoolHooks = {
    onLog(line) {
      logs.write(line);
      options.onLog(line);
    },
    onStart(info) {
      measured.invocationStarted(info.functionName);
      options.invocation?.({ ...info, payload: JSON.parse(info.payload) });
    },
    onEnd(info) {
      measured.invocationEnded(info.functionName, info.durationMs, info.failed);
      options.invoked?.(info);
    },
  };

  const poolOf = (nameOrArn: string): FunctionPool | undefined =>
    pools.get(unqualifiedArn(nameOrArn)) ??
    pools.get(`arn:aws:lambda:${region}:${accountId}:function:${nameOrArn.split(':')[0]}`);

  function find(name: string): FunctionPool {
    const named = functions.find(
      ({ logicalId, constructPath }) =>
        logicalId === name || constructPath === name || constructPath === `${name}/Resource`,
    );
    const pool = poolOf(named?.physicalId ?? name);
    if (!pool) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    return pool;
  }

  const accept = (pool: FunctionPool, payload: string): void =>
    asyncs.accept(pool, invokeConfigs.get(pool) ?? { maximumRetryAttempts: defaultRetryAttempts }, payload);
  const active = (): number => asyncs.active() + [...pools.values()].reduce((sum, pool) => sum + pool.active(), 0);

  function addFunction(resource: TemplateResource): void {
    const { definition, deadLetterArn } = readFunction(resource, { ...options, aheadMs: world.clock.aheadMs });
    const pool = functionPool(definition, hooks);
    pools.set(definition.arn, pool);
    if (deadLetterArn === undefined) return;
    const queue = used.sqs.byArn(deadLetterArn);
    if (!queue) throw resource.fault(`its dead-letter queue ${deadLetterArn} is no queue of this stack`);
    const giveUp: AsyncInvokeConfig['giveUp'] = (event, attributes) => used.sqs.send(queue.url, event, { attributes });
    invokeConfigs.set(pool, { maximumRetryAttempts: defaultRetryAttempts, giveUp });
  }

  return {
    async provision(resources) {
      functions = ofType(resources, 'AWS::Lambda::Function');
      functions.forEach(addFunction);
      for (const resource of ofType(resources, 'AWS::Lambda::EventInvokeConfig')) {
        const { functionName, maximumRetryAttempts } = readInvokeConfig(resource);
        const pool = poolOf(functionName);
        if (!pool) throw resource.fault(`its function ${functionName} does not exist`);
        invokeConfigs.set(pool, { ...invokeConfigs.get(pool), maximumRetryAttempts });
      }
      for (const resource of ofType(resources, 'AWS::Lambda::EventSourceMapping')) {
        mappings.push(await startEventSourceMapping(resource, { ...used, region, poolOf }));
      }
    },
    async execute(operation, body) {
      if (operation === 'GetAccountSettings') return { AccountLimit: accountLimit };
      if (operation !== 'Invoke') throw unsupportedOperation('Lambda', operation);
      const parsed = invokeRequest.safeParse(body);
      if (!parsed.success) throw new AwsError('InvalidParameterValueException', z.prettifyError(parsed.error));
      const { FunctionName, InvocationType, Payload } = parsed.data;
      const pool = find(FunctionName);
      if (InvocationType === 'Event') {
        accept(pool, Payload);
        return { StatusCode: 202, Payload: '' };
      }
      const outcome = await pool.invoke(Payload);
      // Its metrics count by the time of the answer.
      await pool.written();
      if (outcome.ok) return { StatusCode: 200, Payload: outcome.payload };
      return { StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify(outcome.error) };
    },
    function: poolOf,
    find,
    target(arn) {
      const pool = poolOf(arn);
      return (
        pool &&
        (async (Payload) => {
          const body = { FunctionName: arn, Payload };
          await refuse(world.intercept, { service: 'lambda', operation: 'Invoke', body });
          accept(pool, Payload);
        })
      );
    },
    async setEventSources(nameOrPath, enabled) {
      const pool = find(nameOrPath);
      for (const mapping of mappings) if (mapping.pool === pool) await mapping.setEnabled(enabled);
    },
    async written() {
      await Promise.all([...pools.values()].map((pool) => pool.written()));
    },
    idle: (waiting) => active() === 0 && (!waiting || mappings.every((mapping) => mapping.idle())),
    async close() {
      const ended = mappings.map((mapping) => mapping.setEnabled(false));
      asyncs.stop();
      const giveUpAt = Date.now() + options.graceMs;
      while (active() > 0 && Date.now() < giveUpAt) await delay(idleCheckMs);
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      await Promise.all(ended);
      logs.close();
    },
  };
}
