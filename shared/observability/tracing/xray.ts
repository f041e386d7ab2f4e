import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Handler, Subsegment, TraceSubject, Tracing } from './tracing.ts';

/**
 * The one tracer of the application. Where no X-Ray daemon listens, which is anywhere but Lambda itself, it does nothing
 * and says nothing. The stack turns off capturing of responses and errors: they could carry personal fields, and the log
 * has the error already, redacted. Requests are not captured by themselves: their addresses hold ids and filters.
 */
const tracer = new Tracer({
  enabled: process.env.AWS_XRAY_DAEMON_ADDRESS !== undefined,
  captureHTTPsRequests: false,
});

/** With Powertools and X-Ray's daemon. Lambda and the SDK carry a trace from one function to the next. */
const xray: Tracing = {
  traced: (client) => tracer.captureAWSv3Client(client),
  annotateTrace({ account, resource }) {
    if (account !== undefined) tracer.putAnnotation('account', account);
    if (resource !== undefined) tracer.putAnnotation('resource', resource);
  },
  asSubsegment<T>(
    name: string,
    subject: Required<TraceSubject>,
    work: (segment: Subsegment | undefined) => Promise<T>,
  ): Promise<T> {
    if (!tracer.isTracingEnabled()) return work(undefined);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    tracer.provider.captureAsyncFunc(name, async (segment) => {
      segment?.addAnnotation('account', subject.account);
      segment?.addAnnotation('resource', subject.resource);
      try {
        resolve(
          await work(
            segment && {
              addMetadata: (key, value) => segment.addMetadata(key, value),
              /** As X-Ray counts: a 4xx is the caller's error, a 429 a throttle besides, and a 5xx or no answer the server's fault. */
              markRemote(status) {
                segment.addAttribute('namespace', 'remote');
                if (status === undefined || status >= 500) segment.addFaultFlag();
                else if (status >= 400) segment.addErrorFlag();
                if (status === 429) segment.addThrottleFlag();
              },
            },
          ),
        );
      } catch (error) {
        segment?.addFaultFlag();
        reject(error);
      } finally {
        segment?.close();
      }
    });
    return promise;
  },
  tracedHandler: <TEvent, TResult>(handler: Handler<TEvent, TResult>) =>
    middy<TEvent, TResult>(handler, { timeoutEarlyInMillis: 0 }).use(
      captureLambdaHandler(tracer, { captureResponse: false }),
    ),
};
export const { traced, annotateTrace, asSubsegment, tracedHandler } = xray;
