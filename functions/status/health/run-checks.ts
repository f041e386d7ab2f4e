import type { AccountHealth, ResourceHealth } from '../../../shared/health/account-health.ts';
import type { DeadLetterHealth } from '../../../shared/health/dead-letter-health.ts';
import { maxLagIntervals } from '../../../shared/health/thresholds.ts';
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
  listAccounts(): Promise<readonly { readonly name: string; readonly createdAt?: Date | undefined }[]>;
  accountHealth(account: { readonly name: string; readonly createdAt?: Date | undefined }): Promise<AccountHealth>;
  deadLetters(): Promise<readonly DeadLetterHealth[]>;
}

/** Everything that one round of checks showed; what could not be read is absent. */
export interface PlatformSnapshot {
  /** Epoch milliseconds. */
  readonly takenAt: number;
  readonly checks: readonly CheckResult[];
  readonly accounts?: readonly AccountHealth[] | undefined;
  readonly queues: readonly (QueueDepth & { readonly queue: string })[];
  readonly deadLetters?: readonly DeadLetterHealth[] | undefined;
}

/** Checks every part of the platform at once. Never rejects, and calls nobody but AWS. */
export async function runChecks(sources: PlatformSources, clock: CheckClock): Promise<PlatformSnapshot> {
  const takenAt = clock.now();
  // Several checks judge the same answers, which are asked for once.
  const listed = sources.listAccounts();
  const reading = listed.then((accounts) => Promise.all(accounts.map(sources.accountHealth)));
  reading.catch(() => undefined);
  const judgeAccounts = (name: string, judge: (accounts: readonly AccountHealth[]) => Finding) =>
    runCheck({ name, ifItFails: 'degraded', read: () => reading, judge }, clock);

  const [tables, queues, secrets, apis, freshness, holds, deadLetters] = await Promise.all([
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
    runCheck({ name: 'secrets-manager', ifItFails: 'unhealthy', read: () => listed, judge: answering }, clock),
    judgeAccounts('rentvine-apis', (accounts) =>
      degradedIf(accounts.some(isGivenUpOn), 'An account’s API does not answer; it is caught up with when it does.'),
    ),
    judgeAccounts('freshness', (accounts) =>
      degradedIf(
        accounts.some(({ resources }) => resources.some(isStale)),
        'A resource has not been read for more than three of its intervals.',
      ),
    ),
    judgeAccounts('held-deletions', (accounts) =>
      degradedIf(
        accounts.some(({ resources }) => resources.some(hasHeldDeletions)),
        'Deletions wait for an operator.',
      ),
    ),
    runCheck(
      {
        name: 'dead-letters',
        ifItFails: 'degraded',
        read: sources.deadLetters,
        judge: (letters) => degradedIf(letters.length > 0, 'Messages that failed for good wait for an operator.'),
      },
      clock,
    ),
  ]);
  return {
    takenAt,
    checks: [...tables, ...queues, secrets, apis, freshness, holds, deadLetters].map(({ result }) => result),
    accounts: apis.value,
    queues: queues.flatMap(({ value }, index) => {
      const queue = sources.queues[index]?.name;
      return value === undefined || queue === undefined ? [] : [{ queue, ...value }];
    }),
    deadLetters: deadLetters.value,
  };
}

export const isGivenUpOn = ({ breaker }: AccountHealth): boolean => breaker !== 'closed';
export const isStale = ({ lag = 0 }: ResourceHealth): boolean => lag > maxLagIntervals;
export const hasHeldDeletions = ({ heldDeletions }: ResourceHealth): boolean => heldDeletions > 0;
