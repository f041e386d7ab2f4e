import { afterAll, expect, it, vi } from 'vitest';
import { capturedOutput } from '../test/captured-output.ts';
import { lambdaContext } from '../test/lambda-invocation.ts';

const output = capturedOutput();
const originalConsole = { ...console };
// Other tests of this process are no Lambda.
afterAll(() => {
  vi.resetModules();
  Object.assign(console, originalConsole);
});

/** Modules as a Lambda that has just started would load them. */
const inLambda = async () => {
  vi.resetModules();
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', lambdaContext.functionName);
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  const { instrumented } = await import('./middleware.ts');
  const { logger, redactValue } = await import('../shared/observability/logger.ts');
  const { metrics } = await import('../shared/observability/metrics.ts');
  return { instrumented, logger, redactValue, metrics };
};

it('returns what the handler returns, with the invocation on its log lines and its metrics published', async () => {
  const { instrumented, logger, metrics } = await inLambda();
  const handler = instrumented(async (event: { page: number }) => {
    logger.appendKeys({ account: 'acme' });
    logger.info('Page stored.', { page: event.page });
    metrics.record('RecordsCreated', 1, { resource: 'leases', account: 'acme' });
    return { batchItemFailures: [] };
  });
  await expect(handler({ page: 3 }, lambdaContext)).resolves.toEqual({ batchItemFailures: [] });
  expect(output.lines()).toEqual([
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
  await handler({ account: 'acme' }, lambdaContext);
  await handler({}, lambdaContext);
  const [, second] = output.lines().filter(({ message }) => message === 'Done.');
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
  const error = await handler({}, lambdaContext).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RangeError);
  expect(`${error} ${error instanceof Error ? `${error.stack} ${error.cause}` : ''}`).not.toContain('hunter');
  expect(output.text()).not.toContain('hunter');
  expect(output.lines()).toEqual([
    expect.objectContaining({ level: 'ERROR', message: 'The invocation failed.', function_request_id: 'request-1' }),
    expect.objectContaining({ JobsFailed: 1 }),
    expect.objectContaining({ MemoryUsed: expect.any(Number) }),
  ]);
});

it('prints nothing of its own outside Lambda', async () => {
  vi.resetModules();
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', '');
  const { instrumented } = await import('./middleware.ts');
  await expect(instrumented(async () => 'ok')({}, lambdaContext)).resolves.toBe('ok');
  expect(output.text()).toBe('');
});
