import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const context: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'aictive-dev-sync-worker',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:aictive-dev-sync-worker',
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  logGroupName: '/aws/lambda/aictive-dev-sync-worker',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 290_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

let written: string[];

const capture = (chunk: unknown): boolean => {
  written.push(String(chunk));
  return true;
};

const lines = () =>
  written
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Modules as a Lambda that has just started would load them. */
const inLambda = async () => {
  vi.resetModules();
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', context.functionName);
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  const { instrumented } = await import('./middleware.ts');
  const { logger, redactValue } = await import('../shared/observability/logger.ts');
  const { metrics } = await import('../shared/observability/metrics.ts');
  return { instrumented, logger, redactValue, metrics };
};

beforeEach(() => {
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation(capture);
  vi.spyOn(process.stderr, 'write').mockImplementation(capture);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('returns what the handler returns, with the invocation on its log lines and its metrics published', async () => {
  const { instrumented, logger, metrics } = await inLambda();
  const handler = instrumented(async (event: { page: number }) => {
    logger.appendKeys({ account: 'acme' });
    logger.info('Page stored.', { page: event.page });
    metrics.record('RecordsCreated', 1, { resource: 'leases', account: 'acme' });
    return { batchItemFailures: [] };
  });
  await expect(handler({ page: 3 }, context)).resolves.toEqual({ batchItemFailures: [] });
  expect(lines()).toEqual([
    expect.objectContaining({ message: 'Page stored.', page: 3, account: 'acme', function_request_id: 'request-1' }),
    expect.objectContaining({ RecordsCreated: 1, resource: 'leases' }),
    expect.objectContaining({ MemoryUsed: expect.any(Number) }),
  ]);
});

it('forgets one invocation’s log keys before the next', async () => {
  const { instrumented, logger } = await inLambda();
  const handler = instrumented(async ({ account }: { account?: string }) => {
    if (account !== undefined) logger.appendKeys({ account });
    logger.info('Done.');
  });
  await handler({ account: 'acme' }, context);
  await handler({}, context);
  const [, second] = lines().filter(({ message }) => message === 'Done.');
  expect(second).toBeDefined();
  expect(second).not.toHaveProperty('account');
});

it('logs and rethrows what escapes, with its class and without secrets, and still publishes metrics', async () => {
  const { instrumented, redactValue, metrics } = await inLambda();
  redactValue('hunter2-hunter2');
  const handler = instrumented(async () => {
    metrics.record('JobsFailed', 1, { account: 'acme' });
    throw new RangeError('POST {"apiSecret":"hunter1"} with hunter2-hunter2 failed', { cause: 'hunter2-hunter2' });
  });
  const error = await handler({}, context).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RangeError);
  expect(`${error} ${error instanceof Error ? `${error.stack} ${error.cause}` : ''}`).not.toContain('hunter');
  expect(written.join('')).not.toContain('hunter');
  expect(lines()).toEqual([
    expect.objectContaining({ level: 'ERROR', message: 'The invocation failed.', function_request_id: 'request-1' }),
    expect.objectContaining({ JobsFailed: 1 }),
    expect.objectContaining({ MemoryUsed: expect.any(Number) }),
  ]);
});

it('prints nothing of its own outside Lambda', async () => {
  vi.resetModules();
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', '');
  const { instrumented } = await import('./middleware.ts');
  await expect(instrumented(async () => 'ok')({}, context)).resolves.toBe('ok');
  expect(written).toEqual([]);
});
