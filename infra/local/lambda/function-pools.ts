import { AwsError } from '../aws-error.ts';
import { unqualifiedArn } from '../cloudformation/resource-types.ts';
import type { Resource } from '../cloudformation/stack-model.ts';
import type { RawReply } from '../sqs/queues.ts';
import { type FunctionPool, functionPool, type PoolHooks } from './function-pool.ts';
import { readFunction } from './functions.ts';

/** All functions of the templates. */
export interface FunctionPools {
  /** @param nameOrArn with or without the qualifier of a version or alias */
  of(nameOrArn: string): FunctionPool | undefined;
  /** @param nameOrPath its name, ARN, logical id or construct path @throws AwsError when there is no such function */
  find(nameOrPath: string): FunctionPool;
  /** Dead-letter queues by the ARN of the function. */
  readonly deadLetterArns: ReadonlyMap<string, string>;
  /** Invocations that run or wait. */
  active(): number;
  /** Resolves when everything that functions wrote until now has been read. */
  written(): Promise<void>;
  /** The `Configuration` of GetFunction, as far as it matters here. @throws AwsError when there is no such function */
  describe(nameOrArn: string): Record<string, unknown>;
  /** Answers the Invoke API. @param type value of `X-Amz-Invocation-Type` @throws AwsError */
  answer(name: string, type: string, payload: string): Promise<RawReply>;
  stop(): Promise<void>;
}

export function startFunctionPools(
  resources: readonly Resource[],
  options: {
    assets: ReadonlyMap<string, string>;
    codeDir: string;
    environment: Readonly<Record<string, string>>;
    aheadMs: BigInt64Array | undefined;
    concurrency: number;
    region: string;
    accountId: string;
    hooks: PoolHooks;
    /** Told of each function with reserved concurrency. */
    onReserved(functionName: string, concurrency: number): void;
    /** Takes an asynchronous invocation. */
    accept(pool: FunctionPool, payload: string): void;
  },
): FunctionPools {
  const pools = new Map<string, FunctionPool>();
  const deadLetterArns = new Map<string, string>();
  for (const resource of resources) {
    if (resource.type !== 'AWS::Lambda::Function') continue;
    const { definition, deadLetterArn } = readFunction(resource, options);
    const { name, reservedConcurrency } = definition;
    if (reservedConcurrency !== undefined) options.onReserved(name, reservedConcurrency);
    pools.set(definition.arn, functionPool(definition, options.hooks));
    if (deadLetterArn) deadLetterArns.set(definition.arn, deadLetterArn);
  }
  const find = (nameOrArn: string): FunctionPool | undefined =>
    pools.get(unqualifiedArn(nameOrArn)) ??
    pools.get(`arn:aws:lambda:${options.region}:${options.accountId}:function:${nameOrArn.split(':')[0]}`);
  const existing = (name: string): FunctionPool => {
    const named = resources.find(
      ({ type, logicalId, constructPath }) =>
        type === 'AWS::Lambda::Function' &&
        (logicalId === name || constructPath === name || constructPath === `${name}/Resource`),
    );
    const pool = find(named?.physicalId ?? name);
    if (!pool) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    return pool;
  };

  return {
    of: find,
    find: existing,
    deadLetterArns,
    active: () => [...pools.values()].reduce((total, pool) => total + pool.active(), 0),
    async written() {
      await Promise.all([...pools.values()].map((pool) => pool.written()));
    },
    describe(nameOrArn) {
      const { definition } = existing(nameOrArn);
      return {
        FunctionName: definition.name,
        FunctionArn: definition.arn,
        Runtime: 'nodejs24.x',
        MemorySize: definition.memoryMb,
        Timeout: definition.timeoutMs / 1000,
        Version: '$LATEST',
        State: 'Active',
        LastUpdateStatus: 'Successful',
        PackageType: 'Zip',
      };
    },
    async answer(name, type, payload) {
      const pool = existing(name);
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'x-amz-executed-version': '$LATEST',
      };
      if (type === 'DryRun') return { status: 204, headers, body: '' };
      if (type === 'Event') {
        options.accept(pool, payload);
        return { status: 202, headers, body: '' };
      }
      const outcome = await pool.invoke(payload);
      // Its metrics count by the time of the answer.
      await pool.written();
      if (outcome.ok) return { status: 200, headers, body: outcome.payload };
      return {
        status: 200,
        headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
        body: JSON.stringify(outcome.error),
      };
    },
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}
