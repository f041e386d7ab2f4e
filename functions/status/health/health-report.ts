import * as z from 'zod';

const status = z
  .enum(['healthy', 'degraded', 'unhealthy'])
  .describe(
    '`degraded`: everything works, but something waits for a person or for Rentvine. `unhealthy`: a part that nothing works without does not answer.',
  );
export type HealthStatus = z.output<typeof status>;

const checkSchema = z.object({
  name: z.string().describe('What was checked.'),
  status,
  ageSeconds: z
    .number()
    .min(0)
    .describe(
      'How long ago it was seen. Answers are kept for 10 seconds; how accounts and dead letters stand is seen every minute.',
    ),
  durationMs: z.number().min(0).describe('How long the check took.'),
  message: z.string().optional().describe('What is wrong, where something is.'),
});

const resourceSchema = z.object({
  resource: z.string(),
  isScheduled: z.boolean().describe('Whether anybody expects it to be fresh.'),
  intervalMinutes: z.number().describe('Between two incremental reads.'),
  lastSuccessAt: z.string().optional().describe('When the last run that ended well started.'),
  freshnessSeconds: z.number().optional().describe('Seconds since then.'),
  lagIntervals: z.number().optional().describe('How far it is behind, in intervals of its schedule; 3 pages somebody.'),
  heldDeletions: z.number().describe('Deletions that wait for an operator.'),
  lastRun: z
    .object({
      mode: z.string(),
      status: z.string(),
      startedAt: z.string(),
      endedAt: z.string().optional(),
      errorCode: z.string().optional(),
    })
    .optional(),
});

const accountSchema = z.object({
  account: z.string(),
  status,
  breaker: z.enum(['closed', 'open', 'half-open']).describe('`open`: its API is given up on until it answers a probe.'),
  consecutiveFailures: z.number(),
  openSince: z.string().optional(),
  resources: z.array(resourceSchema),
});

/** What `GET /health` answers. */
export const healthReportSchema = z.object({
  status,
  checkedAt: z.string().describe('ISO 8601 UTC.'),
  watchedAt: z
    .string()
    .optional()
    .describe('When accounts and dead letters were looked at, every minute. Older than five minutes is unhealthy.'),
  checks: z.array(checkSchema),
  accountCounts: z
    .object({
      total: z.number(),
      unread: z.number().describe('Whose state could not be read; they are in none of the others.'),
      givenUpOn: z.number().describe('Whose API does not answer.'),
      stale: z.number().describe('With a resource that is more than three of its intervals behind.'),
      withHeldDeletions: z.number(),
    })
    .optional()
    .describe('Only with the bearer token.'),
  accounts: z
    .array(accountSchema)
    .optional()
    .describe('Of more than 20 those that need somebody most. Only with the bearer token.'),
  queues: z
    .array(
      z.object({
        queue: z.string(),
        visible: z.number().describe('Messages that wait.'),
        inFlight: z.number().describe('Messages that are being worked on.'),
        delayed: z.number().describe('Messages that wait for their time.'),
      }),
    )
    .optional()
    .describe('Only with the bearer token.'),
  deadLetters: z
    .array(z.object({ source: z.string(), count: z.number(), oldestKeptAt: z.string() }))
    .optional()
    .describe('Messages that failed for good and wait for an operator. Only with the bearer token.'),
});
export type HealthReport = z.output<typeof healthReportSchema>;
export type AccountReport = z.output<typeof accountSchema>;

const badness: Readonly<Record<HealthStatus, number>> = { healthy: 0, degraded: 1, unhealthy: 2 };

/** The worst of them; of none, `healthy`. */
export const worst = (statuses: readonly HealthStatus[]): HealthStatus =>
  statuses.reduce((sofar, next) => (badness[next] > badness[sofar] ? next : sofar), 'healthy');
