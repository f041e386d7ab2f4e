import type { Context } from 'aws-lambda';

/** By which traces are found: `annotation.account = "acme"`. */
export interface TraceSubject {
  readonly account?: string;
  readonly resource?: string;
}

/** What a piece of work in a trace may be told, where there is a trace. */
export interface Subsegment {
  addMetadata(key: string, value: string | number): void;
  /** That it is a call of another system, and what became of it; undefined where nothing was answered. */
  markRemote(status: number | undefined): void;
}

/** What tells of traces: one implementation for each `mode` of the setting `tracing`, of which a bundle has one. */
export interface Tracing {
  /**
   * Makes an AWS SDK client's calls appear in the trace; returns the same client. Not for DynamoDB: a sync writes thousands of items,
   * and a subsegment for each says no more than that of the work they belong to.
   */
  traced<Client>(client: Client): Client;
  /** Says of the current piece of work whom it is about. */
  annotateTrace(subject: TraceSubject): void;
  /**
   * Shows work as a part of the current work. That it failed is shown, and nothing of the error.
   *
   * @param from the trace that it goes on with instead, as the message that asked for it carries it
   */
  asSubsegment<T>(
    name: string,
    subject: Required<TraceSubject>,
    work: (segment: Subsegment | undefined) => Promise<T>,
    from?: string,
  ): Promise<T>;
  /** Shows each invocation of a handler. */
  tracedHandler<TEvent, TResult>(handler: Handler<TEvent, TResult>): Handler<TEvent, TResult>;
}

export type Handler<TEvent, TResult> = (event: TEvent, context: Context) => Promise<TResult>;
