import { type ResourceName, resources } from '../../../shared/rentvine/resources/catalogue.ts';
import type { Collection } from '../../../shared/store/collection.ts';
import { readHold } from '../../../shared/store/deletion-hold.ts';
import type { Table } from '../../../shared/store/dynamo-table.ts';
import { quarantinedRows } from '../../../shared/store/quarantine.ts';
import { isFinished, recentRuns } from '../../../shared/store/runs.ts';
import { readSyncState } from '../../../shared/store/sync-state.ts';
import { command } from '../command.ts';
import { option, resourceName } from '../options.ts';
import { formatTable } from '../text-table.ts';

export const syncStatus = command({
  name: 'sync status',
  help: 'Shows the last run of each resource, how fresh it is, and what waits for an operator.',
  options: { resource: option('<name>', 'one resource: leases', resourceName.optional()) },
  async run({ options, platform, account, print }) {
    const { state } = platform();
    const name = await account();
    const names = options.resource === undefined ? resources.map((each) => each.name) : [options.resource];
    const found = await Promise.all(names.map((resource) => statusOf(state, { account: name, resource })));
    const rows = found.map(({ row }) => row);
    print(rows, () =>
      formatTable(
        rows.map(({ lastRun: _, held, error, ...row }) => ({
          ...row,
          freshAt: row.freshAt ?? 'never',
          heldDeletions: held,
          error: error?.message,
        })),
      ),
    );
    return found.every(({ isWell }) => isWell) ? 0 : 1;
  },
});

async function statusOf(state: Table, collection: Collection & { readonly resource: ResourceName }) {
  const [[run], { freshAt }, hold, quarantined] = await Promise.all([
    recentRuns(state, collection, 1),
    readSyncState(state, collection),
    readHold(state, collection),
    quarantinedRows(state, collection),
  ]);
  const row = {
    resource: collection.resource,
    lastRun: run?.runId,
    status: run?.status ?? 'never run',
    freshAt,
    held: hold?.missing ?? 0,
    quarantined: quarantined.length,
    ...(run?.error && { error: run.error }),
    ...(run?.remark !== undefined && { remark: run.remark }),
  };
  const isWell = run === undefined || !isFinished(run) || run.status === 'succeeded' || run.status === 'covered';
  return { row, isWell };
}
