import {
  type Attributes,
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AWSXRAY_TRACE_ID_HEADER, AWSXRayPropagator } from '@opentelemetry/propagator-aws-xray';
import * as z from 'zod/mini';
import { provider, sendSpans } from './otlp.ts';
import type { Subsegment, TraceSubject, Tracing } from './tracing.ts';

const tracer = provider.getTracer('aictive');
const contexts = new AsyncLocalStorageContextManager().enable();
const propagator = new AWSXRayPropagator();

/** The one form in which SQS carries a trace by itself: `Root=…;Parent=…;Sampled=1`. */
function headerOf(context: Context): string | undefined {
  const carrier: Record<string, string> = {};
  propagator.inject(context, carrier, defaultTextMapSetter);
  return carrier[AWSXRAY_TRACE_ID_HEADER];
}
const contextOf = (header: string | undefined): Context =>
  propagator.extract(ROOT_CONTEXT, { [AWSXRAY_TRACE_ID_HEADER]: header }, defaultTextMapGetter);

const named = ({ account, resource }: TraceSubject): Attributes => ({
  ...(account !== undefined && { account }),
  ...(resource !== undefined && { resource }),
});

async function within<T>(span: Span, context: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await contexts.with(trace.setSpan(context, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

const segmentOf = (span: Span): Subsegment => ({
  addMetadata: (key, value) => void span.setAttribute(key, value),
  markRemote(status) {
    if (status !== undefined) span.setAttribute('http.response.status_code', status);
    if (status === undefined || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
  },
});

/** What every client of the AWS SDK has. */
interface SdkClient {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<unknown>,
        context: { readonly clientName?: string; readonly commandName?: string },
      ) => (args: { input: object }) => Promise<unknown>,
      options: { readonly step: 'initialize'; readonly name: string },
    ): void;
  };
}
const isSdkClient = (client: unknown): client is SdkClient =>
  typeof client === 'object' && client !== null && 'middlewareStack' in client;

/** The trace that the first of a queue's messages carries. */
const sqsEvent = z.object({
  Records: z.array(z.object({ attributes: z.object({ AWSTraceHeader: z.optional(z.string()) }) })),
});

/**
 * With OpenTelemetry, to whoever speaks OTLP. A trace begins where a request or a schedule's tick does, for the share of them that is
 * set, and goes on with the messages that are sent.
 */
const otel: Tracing = {
  traced(client) {
    if (!isSdkClient(client)) return client;
    client.middlewareStack.add(
      (next, { clientName = 'AWS', commandName = '' }) =>
        (args) => {
          const context = contexts.active();
          const span = tracer.startSpan(`${clientName} ${commandName}`, { kind: SpanKind.CLIENT }, context);
          const header = headerOf(trace.setSpan(context, span));
          const carried =
            commandName === 'SendMessageCommand' && header !== undefined
              ? { MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: header } } }
              : {};
          return within(span, context, () => next({ ...args, input: { ...args.input, ...carried } }));
        },
      { step: 'initialize', name: 'openTelemetry' },
    );
    return client;
  },
  annotateTrace: (subject) => void trace.getSpan(contexts.active())?.setAttributes(named(subject)),
  asSubsegment(name, subject, work, from) {
    const context = from === undefined ? contexts.active() : contextOf(from);
    const span = tracer.startSpan(name, { attributes: named(subject) }, context);
    return within(span, context, () => work(segmentOf(span)));
  },
  tracedHandler: (handler) => async (event, context) => {
    const [first] = sqsEvent.safeParse(event).data?.Records ?? [];
    const from = contextOf(first?.attributes.AWSTraceHeader);
    const kind = first === undefined ? SpanKind.SERVER : SpanKind.CONSUMER;
    const span = tracer.startSpan(process.env.POWERTOOLS_SERVICE_NAME ?? 'handler', { kind }, from);
    try {
      return await within(span, from, () => handler(event, context));
    } finally {
      // Between invocations a function stands still.
      await sendSpans();
    }
  },
};
export const { traced, annotateTrace, asSubsegment, tracedHandler } = otel;
