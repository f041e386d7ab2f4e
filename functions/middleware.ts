import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { tracedHandler } from '#tracing';
import { logger, redactError } from '../shared/observability/logger.ts';
import { publishMetrics } from './publish-metrics.ts';

/** The runtime prints an escaping error by itself, so it must be clean before it gets there. */
const cleanEscapingError = (): MiddlewareObj => ({
  onError: ({ error }) => {
    redactError(error);
    logger.error('The invocation failed.', { error });
  },
});

/**
 * The house middlewares for every queue, stream and scheduled handler, in their one order: log context (outermost, so
 * that the others' lines carry it), metrics, and cleaning of whatever error escapes; the trace is of the handler alone.
 *
 * No middleware ends the handler early: slices mind their own deadline, and a batch reports its own failures.
 *
 * @example
 * export const handler = instrumented(async (event: SQSEvent) => processBatch(event, dependencies));
 */
export const instrumented = <TEvent, TResult>(
  handler: (event: TEvent, context: Context) => Promise<TResult>,
): ((event: TEvent, context: Context) => Promise<TResult>) =>
  middy<TEvent, TResult>(tracedHandler(handler), { timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(publishMetrics())
    .use(cleanEscapingError());
