import type { Clock } from '../clock/clock.ts';
import type { Resource } from '../cloudformation/stack-model.ts';
import type { LocalQueues } from '../sqs/queues.ts';
import { readAlarms } from './alarm-definitions.ts';
import { type AlarmStatus, alarmBoard, type Notification } from './alarms.ts';
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

export interface LocalCloudWatch {
  /** Takes the metrics out of a line that a function wrote to its standard output. */
  readLine(line: string): void;
  /** Evaluates all alarms now. */
  evaluate(): Promise<void>;
  /** Evaluates them every 10 seconds of the clock. */
  start(): void;
  stop(): void;
  alarms(): LocalAlarm[];
  notifications(): readonly Notification[];
  metricData(query: MetricId & { readonly from?: Date }): MetricPoint[];
  /** Carries out an operation of CloudWatch's API. @throws AwsError */
  execute(operation: string, body: unknown): unknown;
}

const evaluationIntervalMs = 10_000;
const keptNotifications = 1000;
const severities: readonly Severity[] = ['critical', 'warning', 'business'];
/** What an account may run at once in one region, unless it asked for more. */
export const defaultServiceQuota = 1000;

const topicName = (arn: string): string => arn.split(':').at(-1) ?? arn;

function severityOf(topics: readonly string[], description: string): Severity | undefined {
  return (
    severities.find((severity) => topics.some((topic) => topic.endsWith(severity))) ??
    severities.find((severity) => new RegExp(`\\b${severity}\\b`, 'i').test(description))
  );
}

function asLocalAlarm({ definition, state, since, reason }: AlarmStatus): LocalAlarm {
  const { name, description, actions } = definition;
  const topics = actions.ALARM.filter((arn) => arn.includes(':sns:')).map(topicName);
  const severity = severityOf(topics, description);
  return { name, description, state, since, reason, topics, ...(severity ? { severity } : {}) };
}

/**
 * CloudWatch on one machine: metrics and the alarms of the templates. A data point has the time of the runner's clock at
 * which the line was read; on AWS it has the `Timestamp` that the line itself names.
 *
 * @throws ConfigurationError for an alarm that cannot be evaluated here, naming it
 */
export function startCloudWatch(options: {
  resources: readonly Resource[];
  store: MetricStore;
  measured: AwsMetrics;
  clock: Clock;
  queues: LocalQueues;
  /** File that keeps the alarms' states. */
  path: string | undefined;
  accountId: string;
  region: string;
  /** What SERVICE_QUOTA yields. */
  serviceQuota?: number;
  onNotification?: (notification: Notification) => void;
}): LocalCloudWatch {
  const { store, clock, queues, serviceQuota: quota = defaultServiceQuota } = options;
  const notifications: Notification[] = [];
  const board = alarmBoard({
    definitions: readAlarms(options.resources),
    store,
    path: options.path,
    quota,
    accountId: options.accountId,
    region: options.region,
    async tell(topicArn, notification) {
      notifications.push(notification);
      if (notifications.length > keptNotifications) notifications.shift();
      options.onNotification?.(notification);
      const subject = `${notification.state}: "${notification.alarmName}" in ${options.region}`;
      // A topic of another stack is not here: CloudWatch does not mind an action that leads nowhere either.
      await queues
        .publish(topicArn, JSON.stringify(notification.message), subject.slice(0, 100))
        .catch(() => undefined);
    },
  });
  let cancel = (): void => {};

  async function evaluate(): Promise<void> {
    options.measured.sampleQueues(queues.all());
    await board.evaluate(clock.now());
  }

  function plan(): void {
    const dueAt = clock.now().getTime() + evaluationIntervalMs;
    cancel = clock.after(evaluationIntervalMs, () => {
      // After a turn of the clock, or a sleep of the machine, functions that are due come first: what they would have
      // reported is not missing. A turn ends with an evaluation of its own.
      const late = clock.now().getTime() - dueAt >= evaluationIntervalMs;
      plan();
      if (late) options.measured.sampleQueues(queues.all());
      else void evaluate();
    });
  }

  return {
    readLine(line) {
      const now = clock.now();
      for (const { id, value } of embeddedMetrics(line)) store.record(id, value, now);
    },
    evaluate,
    start: plan,
    stop: () => cancel(),
    alarms: () => board.statuses().map(asLocalAlarm),
    notifications: () => notifications,
    metricData: ({ from, ...id }) => store.points(id, from),
    execute: cloudWatchApi({ store, board, clock, quota }),
  };
}
