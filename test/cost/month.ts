import type { Measured, Metered } from './measure.ts';
import { daysPerMonth, hoursPerMonth, idleReceivesPerQueueMonth, prices } from './prices.ts';
import type { QueueMapping, Tick, Watch } from './template.ts';
import { at, lineThrough, noUsage, plus, timesUsage, type Usage } from './usage.ts';

/** What nobody can measure on a laptop. */
export const assumptions = {
  /** Objects of any kind that change in a month, for each unit: payments, charges, leases, work orders, contacts. */
  changesPerUnitMonth: 10,
  /** The share of these that comes with a webhook; the others are found by the schedules. */
  toldByWebhook: 0.5,
  accounts: 1,
} as const;

export const services = [
  'Lambda',
  'DynamoDB reads',
  'DynamoDB writes',
  'DynamoDB storage and backup',
  'SQS',
  'EventBridge events',
  'EventBridge Scheduler',
  'CloudWatch metrics',
  'CloudWatch logs',
  'CloudWatch alarms and dashboards',
  'X-Ray traces',
  'Secrets Manager',
  'API Gateway',
] as const;
export type Service = (typeof services)[number];

export const habits = [
  'looking for changes',
  'full reads at night',
  'changes',
  'webhooks',
  'watching',
  'standing by',
] as const;
export type Habit = (typeof habits)[number];

/** One amount of a month's bill, in dollars. */
export interface Charge {
  readonly service: Service;
  readonly habit: Habit;
  readonly dollars: number;
}

export interface Template {
  readonly ticks: readonly Tick[];
  readonly queues: readonly QueueMapping[];
  readonly watches: readonly Watch[];
  readonly alarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  readonly retentionDays: number;
}

/** A month of one account with so many units. */
export function monthOf(units: number, samples: readonly Measured[], template: Template): Charge[] {
  const { ticks } = template;
  const changes = units * assumptions.changesPerUnitMonth;
  const told = samples.every(({ webhook }) => webhook !== undefined) ? changes * assumptions.toldByWebhook : 0;
  const usage: Record<Habit, Usage> = {
    'looking for changes': usageOfTicks(units, samples, ticks, 'incremental'),
    'full reads at night': usageOfTicks(units, samples, ticks, 'full'),
    changes: timesUsage(changes - told, average(samples.map(({ change }) => change))),
    webhooks: timesUsage(told, average(samples.flatMap(({ webhook }) => webhook ?? []))),
    watching: template.watches.map((watch) => usageOfTick(watch, units, samples)).reduce(plus, noUsage),
    'standing by': noUsage,
  };
  return [
    ...habits.flatMap((habit) => charge(habit, usage[habit], template)),
    ...standingCharges(units, samples, template),
    ...metricCharges(changes - told, told, samples, template),
  ].filter(({ dollars }) => dollars > 0);
}

/** What a month of one schedule's runs is billed for, its share of standing charges and metrics apart. */
export function dollarsOfTick(tick: Tick, units: number, samples: readonly Measured[], template: Template): number {
  return charge('looking for changes', usageOfTick(tick, units, samples), template).reduce(
    (sum, { dollars }) => sum + dollars,
    0,
  );
}

const usageOfTick = ({ schedule, perMonth }: Watch, units: number, samples: readonly Measured[]): Usage =>
  timesUsage(perMonth, at(lineThrough(samplesOf(samples, ({ idle }) => idle.get(schedule))), units));

const usageOfTicks = (units: number, samples: readonly Measured[], ticks: readonly Tick[], mode: Tick['mode']): Usage =>
  ticks
    .filter((tick) => tick.mode === mode)
    .map((tick) => usageOfTick(tick, units, samples))
    .reduce(plus, noUsage);

export const samplesOf = (samples: readonly Measured[], select: (measured: Measured) => Metered | undefined) =>
  samples.map((measured) => ({ units: measured.units, usage: select(measured)?.usage ?? noUsage }));

const average = (metered: readonly Metered[]): Usage =>
  timesUsage(1 / Math.max(1, metered.length), metered.map(({ usage }) => usage).reduce(plus, noUsage));

const bytesPerGb = 1024 ** 3;
/** What CloudWatch keeps of a log's bytes. */
const compressed = 0.15;

function charge(habit: Habit, usage: Usage, { retentionDays }: Template): Charge[] {
  const logGb = usage.logBytes / bytesPerGb;
  const keptMonths = retentionDays / daysPerMonth;
  const amounts: Partial<Record<Service, number>> = {
    Lambda: usage.invocations * prices.lambdaRequest + usage.gbSeconds * prices.lambdaGbSecond,
    'DynamoDB reads': usage.readUnits * prices.dynamoDbReadUnit,
    'DynamoDB writes': usage.writeUnits * prices.dynamoDbWriteUnit,
    SQS: usage.sqsFifoRequests * prices.sqsFifoRequest + usage.sqsStandardRequests * prices.sqsStandardRequest,
    'EventBridge events': usage.events * prices.event,
    'EventBridge Scheduler': usage.ticks * prices.schedulerInvocation,
    'CloudWatch logs': logGb * (prices.logGbIngested + compressed * keptMonths * prices.logGbMonth),
    // Runs are minutes apart, so that the default sampling of one a second keeps the trace of each invocation.
    'X-Ray traces': usage.invocations * prices.trace,
    // The same for the secret: what a run before has cached has expired.
    'Secrets Manager': Math.max(usage.secretsCalls, usage.ticks * 2) * prices.secretsCall,
    'API Gateway': usage.httpRequests * prices.httpApiRequest,
  };
  return services.map((service) => ({ service, habit, dollars: amounts[service] ?? 0 }));
}

function standingCharges(units: number, samples: readonly Measured[], template: Template): Charge[] {
  const { queues, alarmMetrics, compositeAlarms, dashboards } = template;
  const largest = samples.reduce((a, b) => (b.units > a.units ? b : a));
  const storedGb = ((largest.storedBytes / largest.units) * units) / bytesPerGb;
  const polls = queues
    .map(({ isFifo }) => idleReceivesPerQueueMonth * (isFifo ? prices.sqsFifoRequest : prices.sqsStandardRequest))
    .reduce((sum, dollars) => sum + dollars, 0);
  const amounts: Partial<Record<Service, number>> = {
    'DynamoDB storage and backup': storedGb * (prices.dynamoDbGbMonth + prices.dynamoDbPitrGbMonth),
    SQS: polls,
    // Its credentials, and its signing keys.
    'Secrets Manager': assumptions.accounts * 2 * prices.secretMonth,
  };
  const watching =
    alarmMetrics * prices.alarmMetricMonth +
    compositeAlarms * prices.compositeAlarmMonth +
    dashboards * prices.dashboardMonth;
  return [
    ...services.map((service): Charge => ({ service, habit: 'standing by', dollars: amounts[service] ?? 0 })),
    { service: 'CloudWatch alarms and dashboards', habit: 'watching', dollars: watching },
  ];
}

/** A metric is billed for every hour in which a value of it was sent, whatever the value and however often. */
function metricCharges(
  found: number,
  told: number,
  samples: readonly Measured[],
  { ticks, watches }: Template,
): Charge[] {
  const hours = new Map<string, { habit: Habit; hours: number }>();
  const note = (metrics: Iterable<string>, habit: Habit, count: number) => {
    for (const metric of metrics) {
      if ((hours.get(metric)?.hours ?? 0) < count) hours.set(metric, { habit, hours: count });
    }
  };
  for (const { schedule, mode, perMonth } of ticks) {
    const sent = samples.flatMap(({ idle }) => [...(idle.get(schedule)?.metrics ?? [])]);
    note(sent, mode === 'full' ? 'full reads at night' : 'looking for changes', Math.min(hoursPerMonth, perMonth));
  }
  for (const { schedule, perMonth } of watches) {
    const sent = samples.flatMap(({ idle }) => [...(idle.get(schedule)?.metrics ?? [])]);
    note(sent, 'watching', Math.min(hoursPerMonth, perMonth));
  }
  // Changes come at random times, to all resources alike.
  const resources = new Set(ticks.map(({ resource }) => resource));
  const hoursWith = (count: number) => hoursPerMonth * (1 - Math.exp(-count / resources.size / hoursPerMonth));
  const forEachResource = (metrics: Iterable<string>) =>
    [...metrics].flatMap((metric) =>
      metric.includes('resource=leases')
        ? [...resources].map((resource) => metric.replace('resource=leases', `resource=${resource}`))
        : [metric],
    );
  note(forEachResource(samples.flatMap(({ change }) => [...change.metrics])), 'changes', hoursWith(found));
  note(forEachResource(samples.flatMap(({ webhook }) => [...(webhook?.metrics ?? [])])), 'webhooks', hoursWith(told));

  const byHabit = new Map<Habit, number>();
  for (const { habit, hours: count } of hours.values()) byHabit.set(habit, (byHabit.get(habit) ?? 0) + count);
  return [...byHabit].map(([habit, count]) => ({
    service: 'CloudWatch metrics',
    habit,
    dollars: (count / hoursPerMonth) * prices.customMetricMonth,
  }));
}
