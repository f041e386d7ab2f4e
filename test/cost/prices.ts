/**
 * List prices of us-east-1, on demand, in US dollars, before any free tier or discount.
 *
 * Source: the public pricing page of each service (aws.amazon.com/<service>/pricing), as last known on `pricesAsOf`. What a
 * price is for follows the page's words. Those pages fetch their numbers while they are shown, so that what could be looked
 * up on that day are accounts of them by others, of 2025 and 2026, which agree; what none was found for is in `unverified`.
 */
export const pricesAsOf = '2026-11-22';

export const unverified =
  'Lambda, SQS, EventBridge, Scheduler, DynamoDB requests and custom metrics agree with what others have published in 2025 and 2026; ' +
  'check the rest before relying on it: DynamoDB storage and backup, logs, alarms, X-Ray, Secrets Manager, API Gateway';

const million = 1_000_000;

export const prices = {
  /** A request; arm64 GB-second. */
  lambdaRequest: 0.2 / million,
  lambdaGbSecond: 0.0000133334,
  sqsStandardRequest: 0.4 / million,
  sqsFifoRequest: 0.5 / million,
  /** On-demand request units; an eventually consistent read of 4 KB is half a read unit. */
  dynamoDbReadUnit: 0.125 / million,
  dynamoDbWriteUnit: 0.625 / million,
  dynamoDbGbMonth: 0.25,
  dynamoDbPitrGbMonth: 0.2,
  schedulerInvocation: 1 / million,
  /** A custom event of up to 64 KB. */
  event: 1 / million,
  logGbIngested: 0.5,
  /** Of compressed data; CloudWatch compresses logs to about 15 %. */
  logGbMonth: 0.03,
  /** A month of 730 hours; billed for the hours in which a value was sent. */
  customMetricMonth: 0.3,
  /** For each metric that an alarm looks at. */
  alarmMetricMonth: 0.1,
  compositeAlarmMonth: 0.5,
  dashboardMonth: 3,
  secretMonth: 0.4,
  secretsCall: 0.05 / 10_000,
  trace: 5 / million,
  httpApiRequest: 1 / million,
} as const;

export const hoursPerMonth = 730;
export const minutesPerMonth = hoursPerMonth * 60;
export const daysPerMonth = hoursPerMonth / 24;

/**
 * Lambda keeps five pollers on each queue that it reads, each asking again after 20 s without a message. The number is from
 * AWS's own articles on SQS event sources; the documentation promises none.
 */
export const idleReceivesPerQueueMonth = (5 * hoursPerMonth * 3600) / 20;
