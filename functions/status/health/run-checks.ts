import type { AccountsSummary, HealthSummary } from '../../../shared/health/health-summary.ts';
import { maxSummaryAgeSeconds } from '../../../shared/health/thresholds.ts';
import { answering, type CheckClock, type CheckResult, degradedIf, type Finding, runCheck } from './check.ts';

/** Messages in a queue, about. */
export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** What the platform is made of, as far as it can be asked. */
export interface PlatformSources {
  /** Reads any item of a table. */
  readonly tables: Readonly<Record<string, () => Promise<unknown>>>;
  readonly queues: readonly {
    readonly name: string;
    /** Messages in it failed for good, and the keeper takes them out at once. */
    readonly isForDeadLetters: boolean;
    depth(): Promise<QueueDepth>;
  }[];
  /** What the watcher wrote last; undefined while it has written nothing. */
  summary(): Promise<HealthSummary | undefined>;
}

/** Everything that one round of checks showed; what could not be read is absent. */
export interface PlatformSnapshot {
  /** Epoch milliseconds. */
  readonly takenAt: number;
  readonly checks: readonly CheckResult[];
  readonly summary?: HealthSummary | undefined;
  readonly queues: readonly (QueueDepth & { readonly queue: string })[];
}

const unchecked: Finding = { status: 'degraded', message: 'It could not be checked.' };

/**
 * Checks every part of the platform at once. Never rejects, and calls nobody but AWS. How accounts and dead letters stand is
 * judged by the watcher's summary alone, so that a round takes as many requests whatever there is of them.
 */
export async function runChecks(sources: PlatformSources, clock: CheckClock): Promise<PlatformSnapshot> {
  const takenAt = clock.now();
  // Several checks judge the same summary, which is asked for once.
  const reading = sources.summary();
  reading.catch(() => undefined);
  const judgeSummary = (name: string, judge: (summary: HealthSummary) => Finding) =>
    runCheck(
      {
        name,
        ifItFails: 'degraded',
        read: () => reading,
        judge: (summary) =>
          summary === undefined ? unchecked : { ...judge(summary), measuredAt: Date.parse(summary.measuredAt) },
      },
      clock,
    );
  const judgeAccounts = (name: string, judge: (accounts: AccountsSummary) => Finding) =>
    judgeSummary(name, ({ accounts }) => {
      if (accounts === undefined) return unchecked;
      const finding = judge(accounts);
      return finding.status === 'healthy' && accounts.unread > 0 ? unchecked : finding;
    });

  const [tables, queues, watcher, ...told] = await Promise.all([
    Promise.all(
      Object.entries(sources.tables).map(([name, read]) =>
        runCheck({ name: `${name}-table`, ifItFails: 'unhealthy', read, judge: answering }, clock),
      ),
    ),
    Promise.all(
      sources.queues.map(({ name, isForDeadLetters, depth }) =>
        runCheck(
          {
            name: `${name}-queue`,
            ifItFails: isForDeadLetters ? 'degraded' : 'unhealthy',
            read: depth,
            judge: ({ visible }) =>
              degradedIf(isForDeadLetters && visible > 0, 'Messages that failed for good wait to be kept.'),
          },
          clock,
        ),
      ),
    ),
    runCheck(
      {
        name: 'watcher',
        ifItFails: 'unhealthy',
        read: () => reading,
        judge: (summary) => judgeAge(summary, takenAt),
      },
      clock,
    ),
    judgeSummary('secrets-manager', ({ accounts }) =>
      accounts === undefined
        ? { status: 'unhealthy', message: 'It did not answer the watcher.' }
        : { status: 'healthy' },
    ),
    judgeAccounts('rentvine-apis', ({ givenUpOn }) =>
      degradedIf(givenUpOn > 0, 'An account’s API does not answer; it is caught up with when it does.'),
    ),
    judgeAccounts('freshness', ({ stale }) =>
      degradedIf(stale > 0, 'A resource has not been read for more than three of its intervals.'),
    ),
    judgeAccounts('held-deletions', ({ withHeldDeletions }) =>
      degradedIf(withHeldDeletions > 0, 'Deletions wait for an operator.'),
    ),
    judgeSummary('dead-letters', ({ deadLetters }) =>
      deadLetters === undefined
        ? unchecked
        : degradedIf(deadLetters.length > 0, 'Messages that failed for good wait for an operator.'),
    ),
  ]);
  return {
    takenAt,
    checks: [...tables, ...queues, watcher, ...told].map(({ result }) => result),
    summary: watcher.value,
    queues: queues.flatMap(({ value }, index) => {
      const queue = sources.queues[index]?.name;
      return value === undefined || queue === undefined ? [] : [{ queue, ...value }];
    }),
  };
}

/** A platform that nobody looks at is not known to be well. @param now epoch milliseconds */
function judgeAge(summary: HealthSummary | undefined, now: number): Finding {
  if (summary === undefined) {
    return { status: 'unhealthy', message: 'The watcher has not looked yet; it does so every minute.' };
  }
  const measuredAt = Date.parse(summary.measuredAt);
  return now - measuredAt > maxSummaryAgeSeconds * 1000
    ? { status: 'unhealthy', message: 'The watcher has not looked for more than five minutes.', measuredAt }
    : { status: 'healthy', measuredAt };
}
