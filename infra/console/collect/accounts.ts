import type { ListedAccount } from '../../../shared/account/list-accounts.ts';
import { readAccountHealth } from '../../../shared/health/account-health.ts';
import type { ResourceSchedule } from '../../../shared/health/resource-schedules.ts';
import { readHold } from '../../../shared/store/deletion-hold.ts';
import type { Table } from '../../../shared/store/dynamo-table.ts';
import { quarantinedRows } from '../../../shared/store/quarantine.ts';
import { type Run, recentRuns } from '../../../shared/store/runs.ts';
import type { AccountView, QuarantinedView, ResourceView, RunView } from '../view.ts';
import type { RecordCounter } from './record-counts.ts';

const runsPerResource = 8;

export interface AccountSource {
  readonly state: Table;
  readonly schedules: readonly ResourceSchedule[];
  readonly records: RecordCounter;
  readonly quarantined: readonly QuarantinedView[];
  readonly now: Date;
}

/** An account as it stands, with the latest runs of its resources. */
export async function collectAccount(
  account: ListedAccount,
  source: AccountSource,
): Promise<{ readonly view: AccountView; readonly runs: readonly RunView[] }> {
  const { state, schedules, now } = source;
  const { name } = account;
  const [health, ...runs] = await Promise.all([
    readAccountHealth(state, account, { schedules, now }),
    ...schedules.map(async ({ resource }) =>
      (await recentRuns(state, { account: name, resource }, runsPerResource)).map((run) =>
        runView(name, resource, run),
      ),
    ),
  ]);
  const resources = await Promise.all(
    health.resources.map(async (each): Promise<ResourceView> => {
      const { resource, intervalMinutes, isScheduled, lastSuccessAt, lag, heldDeletions } = each;
      const collection = { account: name, resource };
      // Nearly always there is none to read.
      const hold = heldDeletions > 0 ? await readHold(state, collection) : undefined;
      return {
        name: resource,
        intervalMinutes,
        isScheduled,
        quarantined: source.quarantined.filter((row) => row.account === name && row.resource === resource).length,
        freshAt: lastSuccessAt,
        lag: lag && Math.round(lag * 10) / 10,
        records: source.records.of(collection),
        ...(hold !== undefined && {
          hold: { heldAt: hold.heldAt, missing: hold.missing, known: hold.known, limit: hold.limit },
        }),
      };
    }),
  );
  const { breaker, consecutiveFailures, openSince } = health;
  return {
    view: { name, breaker: { state: breaker, consecutiveFailures, openSince }, resources },
    runs: runs.flat(),
  };
}

function runView(account: string, resource: string, run: Run): RunView {
  const { runId, mode, status, phase, pass, startedAt, finishedAt, resumesAt, workedMs, error } = run;
  const { requests, fetched, created, updated, deleted, quarantined } = run.counts;
  return {
    id: `${account}/${resource}/${runId}`,
    account,
    resource,
    mode,
    status,
    phase,
    pass,
    startedAt,
    workedMs,
    counts: { requests, fetched, created, updated, deleted, quarantined },
    finishedAt,
    resumesAt,
    error,
  };
}

/** The rows of an account that did not fit, the latest first. */
export async function collectQuarantined(
  state: Table,
  account: string,
  schedules: readonly ResourceSchedule[],
): Promise<QuarantinedView[]> {
  const rows = await Promise.all(
    schedules.map(async ({ resource }) =>
      (await quarantinedRows(state, { account, resource })).map(({ id, reason, seenAt }) => ({
        account,
        resource,
        id,
        reason,
        seenAt,
      })),
    ),
  );
  return rows.flat().sort((a, b) => b.seenAt.localeCompare(a.seenAt));
}
