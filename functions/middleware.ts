import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger, redactError } from '../shared/observability/logger.ts';
import { metrics } from '../shared/observability/metrics.ts';
import { tracer } from '../shared/observability/tracer.ts';

const kilobytesPerMegabyte = 1024;

/** Publishes what the invocation recorded and the most memory that its process ever had in use, however it ended. */
const publishMetrics = (): MiddlewareObj => {
  const publish = () => {
    metrics.record('MemoryUsed', process.resourceUsage().maxRSS / kilobytesPerMegabyte, {});
    metrics.publish();
  };
  return { after: publish, onError: publish };
};

/** The runtime prints an escaping error by itself, so it must be clean before it gets there. */
const cleanEscapingError = (): MiddlewareObj => ({
  onError: ({ error }) => {
    redactError(error);
    logger.error('The invocation failed.', { error });
  },
});

/**
 * The house middlewares for every queue, stream and scheduled handler, in their one order: log context (outermost, so
 * that the others' lines carry it), trace, metrics, and cleaning of whatever error escapes.
 *
 * No middleware ends the handler early: slices mind their own deadline, and a batch reports its own failures.
 *
 * @example
 * export const handler = instrumented(async (event: SQSEvent) => processBatch(event, dependencies));
 */
export const instrumented = <TEvent, TResult>(
  handler: (event: TEvent, context: Context) => Promise<TResult>,
): ((event: TEvent, context: Context) => Promise<TResult>) =>
  middy<TEvent, TResult>(handler, { timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(publishMetrics())
    .use(cleanEscapingError());
