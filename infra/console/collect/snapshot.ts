import { cached } from '../../../shared/cached.ts';
import type { ResourceSchedule } from '../../../shared/health/resource-schedules.ts';
import type { LocalStack } from '../../local/start.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ConsoleView } from '../view.ts';
import { collectAccount, collectQuarantined } from './accounts.ts';
import { collectAlarms, collectNotifications } from './alarms.ts';
import { followBusEvents } from './bus-events.ts';
import { collectBusiness } from './business.ts';
import { collectDeadLetters } from './dead-letters.ts';
import { collectFlow } from './flow.ts';
import { readMetrics } from './metrics.ts';
import { countRecords } from './record-counts.ts';
import { collectWebhooks } from './webhooks.ts';

export interface SnapshotSource {
  readonly stack: LocalStack;
  readonly platform: Platform;
  readonly schedules: readonly ResourceSchedule[];
}

/** How long what was read is good for. What changes by itself is read anew once a second, the rest less often. */
const snapshotMs = 900;
const soonMs = 2_000;
const rarelyMs = 10_000;
const maxRuns = 60;
const maxQuarantined = 100;

export interface Snapshots {
  /** What was seen a moment ago, or is being looked at now. */
  (): Promise<ConsoleView>;
  /** What is seen from now on. */
  anew(): Promise<ConsoleView>;
}

const machineMs = () => performance.now();

/** Puts together what the console shows, from what the stack and its tables say. */
export function snapshotsOf({ stack, platform, schedules }: SnapshotSource): Snapshots {
  const { stage, prefix, state, now } = platform;
  const events = followBusEvents(stack);
  const records = countRecords(platform.records, events);
  const scheduleCount = stack.resources('AWS::Scheduler::Schedule').length;
  const [{ physicalId: apiId } = { physicalId: '' }] = stack.resources('AWS::ApiGatewayV2::Api');
  const readAccounts = cached(rarelyMs, machineMs, () => platform.accounts());
  const readQuarantined = cached(rarelyMs, machineMs, () =>
    perAccount((account) => collectQuarantined(state, account, schedules)),
  );
  const readBusiness = cached(soonMs, machineMs, () => perAccount((account) => collectBusiness(state, account)));

  async function perAccount<T>(collect: (account: string) => Promise<readonly T[]>): Promise<T[]> {
    return (await Promise.all((await readAccounts()).map(({ name }) => collect(name)))).flat();
  }

  async function collect(): Promise<ConsoleView> {
    events.update(now());
    const [listed, quarantined, deadLetters, business] = await Promise.all([
      readAccounts(),
      readQuarantined(),
      collectDeadLetters(state),
      readBusiness(),
    ]);
    const collected = await Promise.all(
      listed.map((account) => collectAccount(account, { state, schedules, records, quarantined, now: now() })),
    );
    const accounts = collected.map(({ view }) => view);
    const runs = collected.flatMap(({ runs }) => runs).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
    const metrics = readMetrics(stack, stage, now());
    const alarms = collectAlarms(stack, prefix);
    return {
      stage,
      endpoint: stack.endpoint,
      accounts,
      flow: collectFlow({
        prefix,
        schedules: scheduleCount,
        apiId,
        queues: stack.queueDepths(),
        metrics,
        accounts,
        runs,
        letters: deadLetters,
        events,
      }),
      alarms,
      notifications: collectNotifications(stack, prefix),
      runs: runs.slice(0, maxRuns),
      deadLetters,
      quarantined: quarantined.slice(0, maxQuarantined),
      webhooks: collectWebhooks(metrics),
      events: events.recent,
      business,
    };
  }

  let read = cached(snapshotMs, machineMs, collect);
  return Object.assign(() => read(), {
    anew() {
      // One that began before may not have seen what has just changed.
      read = cached(snapshotMs, machineMs, collect);
      return read();
    },
  });
}
