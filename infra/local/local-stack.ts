import type { Clock } from './clock/clock.ts';
import type { TemplateResource } from './cloudformation/template-resource.ts';
import type { Notification } from './cloudwatch/alarms.ts';
import type { LocalAlarm } from './cloudwatch/cloudwatch.ts';
import type { MetricId } from './cloudwatch/metric-id.ts';
import type { MetricPoint } from './cloudwatch/metric-store.ts';
import type { SeenEvent } from './eventbridge/eventbridge.ts';
import type { PageHandler } from './http-api/http-api.ts';
import type { Intercept } from './intercept.ts';
import type { LogLine } from './lambda/function-logs.ts';
import type { FunctionError } from './lambda/messages.ts';
import type { QueueDepth } from './sqs/queue.ts';

export interface LocalStackOptions {
  /** Directory that `cdk synth` wrote. */
  readonly assemblyDir: string;
  /** Directory for everything that shall survive the process; in memory when absent. */
  readonly dataDir?: string;
  /** Port of the HTTP API; any free one by default. */
  readonly port?: number;
  /** Added to the environment of every function; wins over the template. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Secrets to create or update at the start, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Whether schedules fire by themselves; true by default. */
  readonly schedules?: boolean;
  /** Of schedules and alarms; {@link turnableClock} is one for tests. */
  readonly clock?: Clock;
  /** Most environments of one function at once; 10 by default. */
  readonly concurrency?: number;
  /** How long `stop` lets running invocations finish, in milliseconds; 2,000 by default. */
  readonly stopGraceMs?: number;
  /** Every line that a function writes. */
  readonly onLog?: (line: LogLine) => void;
  /** Every event that an event bus accepted. */
  readonly onEvent?: (event: SeenEvent) => void;
  /** Fault injection in front of the local services. */
  readonly intercept?: Intercept;
  /**
   * Called at the start of each invocation; `kill` ends its environment as a crash would, and answers whether the
   * invocation was still running.
   */
  readonly invocation?: (info: { functionName: string; requestId: string; payload: unknown; kill(): boolean }) => void;
  /** Every message that an alarm sends to a topic. */
  readonly onNotification?: (notification: Notification) => void;
  /** Called at the end of each invocation, however it ended. */
  readonly invoked?: (info: { functionName: string; requestId: string; durationMs: number }) => void;
}

export type LocalResource = Pick<TemplateResource, 'stack' | 'logicalId' | 'constructPath' | 'physicalId' | 'type'>;

export interface LocalStack {
  /** The one URL of all local AWS services. */
  readonly endpoint: string;
  /** Who asks them has to know it. The same at every start on a data directory. */
  readonly accessKeyId: string;
  /** URL of the HTTP API; undefined when the assembly has none. */
  readonly apiUrl: string | undefined;
  readonly region: string;
  readonly accountId: string;
  /** By stack and name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The time by the clock that it was started with. */
  now(): Date;
  resources(type?: string): LocalResource[];
  /**
   * Invokes a function and waits for its answer, and until what it wrote has been read: its metrics count by then.
   *
   * @param nameOrPath its name, ARN, logical id or construct path
   */
  invoke(nameOrPath: string, payload: unknown): Promise<{ payload?: unknown; error?: FunctionError }>;
  /** Starts playing the schedules, where the stack was started with `schedules: false`. */
  playSchedules(): void;
  /** Fires a schedule now, enabled or not; resolves when its target took the input. */
  fireSchedule(name: string): Promise<void>;
  /** Switches a schedule on or off, as an operator could. @throws Error when there is none of this name */
  setSchedule(name: string, enabled: boolean): void;
  /**
   * Switches the queues and streams that feed a function on or off, as an operator could; resolves when what was running
   * has ended.
   *
   * @param nameOrPath name, ARN, logical id or construct path of the function
   */
  setEventSources(nameOrPath: string, enabled: boolean): Promise<void>;
  /** The newest events of all buses (10,000 at most), and how many there were. */
  busEvents(): { count: number; events: readonly SeenEvent[] };
  /** Resolves when nothing runs and no queue or stream that a function consumes holds work, in flight included. */
  idle(): Promise<void>;
  /** By queue name. */
  queueDepths(): Record<string, QueueDepth>;
  /** Has `/` and everything below `/console` of the HTTP API answered by `pages`. */
  servePages(pages: PageHandler): void;
  /** The alarms of the templates, and how they are. They are evaluated every 10 seconds of the clock. */
  alarms(): LocalAlarm[];
  /** Evaluates all alarms now, on everything that functions have written until now. */
  evaluateAlarms(): Promise<void>;
  /** The newest messages that alarms sent to topics (1,000 at most), oldest first. */
  notifications(): readonly Notification[];
  /** What was recorded of one metric, a point for each minute with data, oldest first; of two days at most. */
  metricData(query: MetricId & { readonly from?: Date }): MetricPoint[];
  /** Stops everything; what has a data directory goes on from there at the next start. */
  stop(): Promise<void>;
}
