import { Tracer } from '@aws-lambda-powertools/tracer';

/**
 * The one tracer of the application. Where no X-Ray daemon listens, which is anywhere but Lambda itself, it does nothing
 * and says nothing. The stack turns off capturing of responses and errors: they could carry personal fields, and the log
 * has the error already, redacted. Requests are not captured by themselves: their addresses hold ids and filters.
 */
export const tracer = new Tracer({
  enabled: process.env.AWS_XRAY_DAEMON_ADDRESS !== undefined,
  captureHTTPsRequests: false,
});

/**
 * Makes an AWS SDK client's calls appear in the trace; returns the same client. Not for DynamoDB: a sync writes thousands of items, and
 * a subsegment for each says no more than that of the work they belong to.
 */
export const traced = <Client>(client: Client): Client => tracer.captureAWSv3Client(client);

/** By which traces are found: `annotation.account = "acme"`. */
export interface TraceSubject {
  readonly account?: string;
  readonly resource?: string;
}

/** Says of the current segment whom it is about. */
export function annotateTrace({ account, resource }: TraceSubject): void {
  if (account !== undefined) tracer.putAnnotation('account', account);
  if (resource !== undefined) tracer.putAnnotation('resource', resource);
}

/** What a segment may be told, where there is one. */
export interface Subsegment {
  addMetadata(key: string, value: unknown): void;
  addAttribute(name: string, value: unknown): void;
  addErrorFlag(): void;
  addThrottleFlag(): void;
  addFaultFlag(): void;
}

/** Shows work in the trace as a subsegment of the current segment. That it failed is shown, and nothing of the error. */
export function asSubsegment<T>(
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
      resolve(await work(segment));
    } catch (error) {
      segment?.addFaultFlag();
      reject(error);
    } finally {
      segment?.close();
    }
  });
  return promise;
}
