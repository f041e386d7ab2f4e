import pMap from 'p-map';
import type { AccountHealth } from '../../shared/health/account-health.ts';
import type { LastRun, NamedAccount } from '../../shared/health/health-summary.ts';
import { latestFigures } from '../../shared/store/business-figures.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { quarantinedRows } from '../../shared/store/quarantine.ts';
import { type Run, recentRuns } from '../../shared/store/runs.ts';

const resourcesAtOnce = 5;

/** Reads what is told of an account that is named: two queries for each of its resources, and one more. */
export async function readDetails(state: Table, health: AccountHealth): Promise<NamedAccount> {
  const { account } = health;
  const [figures, resources] = await Promise.all([
    latestFigures(state, account),
    pMap(
      health.resources,
      async (each) => {
        const collection = { account, resource: each.resource };
        const [[run], rows] = await Promise.all([recentRuns(state, collection, 1), quarantinedRows(state, collection)]);
        return { ...each, ...(run !== undefined && { lastRun: asLastRun(run) }), quarantinedRows: rows.length };
      },
      { concurrency: resourcesAtOnce },
    ),
  ]);
  return { ...health, resources, ...(figures !== undefined && { figures }) };
}

function asLastRun({ mode, status, startedAt, finishedAt, error, counts }: Run): LastRun {
  return {
    mode,
    status,
    startedAt,
    ...(finishedAt !== undefined && { endedAt: finishedAt }),
    ...(error !== undefined && { errorCode: error.code }),
    counts,
  };
}
