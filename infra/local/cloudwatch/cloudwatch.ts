import { ofType } from '../cloudformation/template-resource.ts';
import type { LocalService, LocalWorld } from '../local-service.ts';
import type { LocalQueue } from '../sqs/queue.ts';
import { readAlarms } from './alarm-definitions.ts';
import { type AlarmBoard, type AlarmStatus, alarmBoard, type Notification } from './alarms.ts';
import { cloudWatchApi } from './api.ts';
import type { AwsMetrics } from './aws-metrics.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import type { MetricId } from './metric-id.ts';
import type { MetricPoint, MetricStore } from './metric-store.ts';
import type { AlarmState } from './missing-data.ts';

export type Severity = 'critical' | 'warning' | 'business';

export interface LocalAlarm {
  readonly name: string;
  readonly description: string;
  readonly state: AlarmState;
  readonly since: Date;
  readonly reason: string;
  /** Names of the topics that are told when it rings. */
  readonly topics: readonly string[];
  /** From the name of its topic, or else from its description. */
  readonly severity?: Severity;
}

export interface LocalCloudWatch extends LocalService {
  execute(operation: string, body: Record<string, unknown>): unknown;
  /** Takes the metrics out of a line that a function wrote to its standard output. */
  readLine(line: string): void;
  /** Evaluates all alarms now; happens by itself every 10 seconds of the clock. */
  evaluate(): void;
  alarms(): LocalAlarm[];
  notifications(): readonly Notification[];
  metricData(query: MetricId & { readonly from?: Date }): MetricPoint[];
}

const evaluationIntervalMs = 10_000;
const keptNotifications = 1000;
const severities: readonly Severity[] = ['critical', 'warning', 'business'];
/** Whoever is told so looks after a deployed stack; their addresses may be in a secret there. */
const protocolsForPeople = ['email', 'http', 'https', 'sms'];

function severityOf(topics: readonly string[], description: string): Severity | undefined {
  return (
    severities.find((severity) => topics.some((topic) => topic.endsWith(severity))) ??
    severities.find((severity) => new RegExp(`\\b${severity}\\b`, 'i').test(description))
  );
}

function asLocalAlarm({ definition, state, since, reason }: AlarmStatus): LocalAlarm {
  const { name, description } = definition;
  const topics = definition.topics.ALARM.map((arn) => arn.split(':').at(-1) ?? arn);
  const severity = severityOf(topics, description);
  return { name, description, state, since, reason, topics, ...(severity ? { severity } : {}) };
}

/**
 * CloudWatch on one machine: metrics and the alarms of the templates. A data point has the time of the runner's clock at
 * which the line was read; on AWS it has the `Timestamp` that the line itself names.
 */
export function startCloudWatch(
  world: Pick<LocalWorld, 'clock' | 'path'>,
  options: {
    readonly store: MetricStore;
    readonly measured: AwsMetrics;
    queues(): readonly LocalQueue[];
    onNotification?: ((notification: Notification) => void) | undefined;
  },
): LocalCloudWatch {
  const { clock } = world;
  const { store, measured } = options;
  const notifications: Notification[] = [];
  let board: AlarmBoard = { evaluate: () => undefined, statuses: () => [] };
  let cancel = (): void => {};

  function evaluate(): void {
    measured.sampleQueues(options.queues());
    board.evaluate(clock.now());
  }

  function plan(): void {
    const dueAt = clock.now().getTime() + evaluationIntervalMs;
    cancel = clock.after(evaluationIntervalMs, () => {
      // After a turn of the clock, or a sleep of the machine, functions that are due come first: what they would have
      // reported is not missing. A turn ends with an evaluation of its own.
      const late = clock.now().getTime() - dueAt >= evaluationIntervalMs;
      plan();
      if (late) measured.sampleQueues(options.queues());
      else evaluate();
    });
  }

  return {
    provision(resources) {
      for (const subscription of ofType(resources, 'AWS::SNS::Subscription')) {
        const protocol = String(subscription.property('Protocol'));
        if (!protocolsForPeople.includes(protocol)) throw subscription.fault(`protocol ${protocol} is not supported`);
      }
      board = alarmBoard({
        definitions: readAlarms(resources),
        store,
        path: world.path('alarms.json'),
        tell(notification) {
          notifications.push(notification);
          if (notifications.length > keptNotifications) notifications.shift();
          options.onNotification?.(notification);
        },
      });
      plan();
    },
    execute: cloudWatchApi({ store, clock, board: () => board }),
    readLine(line) {
      const now = clock.now();
      for (const { id, value } of embeddedMetrics(line)) store.record(id, value, now);
    },
    evaluate,
    alarms: () => board.statuses().map(asLocalAlarm),
    notifications: () => notifications,
    metricData: ({ from, ...id }) => store.points(id, from),
    close: () => cancel(),
  };
}
