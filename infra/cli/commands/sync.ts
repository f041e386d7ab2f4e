import { userInfo } from 'node:os';
import { ConfigurationError } from '../../../shared/errors.ts';
import { isResourceName, type ResourceName, resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { approveHold, readHold } from '../../../shared/store/deletion-hold.ts';
import { quarantinedRows } from '../../../shared/store/quarantine.ts';
import { isFinished, recentRuns } from '../../../shared/store/runs.ts';
import { readSyncState } from '../../../shared/store/sync-state.ts';
import { type Command, required, type Values } from '../command.ts';
import { accountOf, connect } from '../connect.ts';
import { formatTable } from '../table.ts';

const resourceOption = { type: 'string', value: '<name>', help: 'one resource: leases' } as const;

/** The resources that a command is about: the one that `--resource` names, or all. */
function resourcesOf(values: Values): ResourceName[] {
  const name = values.resource;
  if (typeof name !== 'string') return resources.map((resource) => resource.name);
  if (!isResourceName(name)) {
    throw new ConfigurationError(
      `There is no resource "${name}"; there are ${resources.map((resource) => resource.name).join(', ')}.`,
    );
  }
  return [name];
}

export const syncRun: Command = {
  name: 'sync run',
  help: 'Asks for a sync run now, of one resource or all.',
  options: {
    resource: resourceOption,
    full: { type: 'boolean', help: 'read everything, not only what changed' },
  },
  async run(values) {
    const platform = connect(values);
    const account = await accountOf(platform, values);
    const scheduledAt = new Date().toISOString();
    const mode = values.full === true ? 'full' : 'incremental';
    const planned: unknown[] = [];
    for (const resource of resourcesOf(values)) {
      const answer = await platform.plan({
        resource,
        mode,
        scheduledAt,
        correlationId: crypto.randomUUID(),
        accounts: [account],
      });
      if (Array.isArray(answer)) planned.push(...answer);
    }
    if (values.json === true) console.log(JSON.stringify(planned));
    else
      console.log(
        `Asked for ${planned.length} ${mode} ${planned.length === 1 ? 'run' : 'runs'}; npm run ops -- sync status shows how they get on.`,
      );
    return 0;
  },
};

export const syncStatus: Command = {
  name: 'sync status',
  help: 'Shows the last run of each resource, how fresh it is, and what waits for an operator.',
  options: { resource: resourceOption },
  async run(values) {
    const platform = connect(values);
    const account = await accountOf(platform, values);
    const rows = await Promise.all(
      resourcesOf(values).map(async (resource) => {
        const collection = { account, resource };
        const [[run], state, hold, quarantined] = await Promise.all([
          recentRuns(platform.state, collection, 1),
          readSyncState(platform.state, collection),
          readHold(platform.state, collection),
          quarantinedRows(platform.state, collection),
        ]);
        return {
          resource,
          lastRun: run?.runId,
          status: run?.status ?? 'never run',
          freshAt: state.freshAt,
          held: hold?.missing ?? 0,
          quarantined: quarantined.length,
          ...(run?.error && { error: run.error }),
          isWell: run === undefined || !isFinished(run) || run.status === 'succeeded' || run.status === 'covered',
        };
      }),
    );
    if (values.json === true) console.log(JSON.stringify(rows.map(({ isWell: _isWell, ...row }) => row)));
    else {
      console.log(
        formatTable(
          [
            { title: 'resource', value: (row) => row.resource },
            { title: 'status', value: (row) => row.status },
            { title: 'fresh at', value: (row) => row.freshAt ?? 'never' },
            { title: 'held deletions', value: (row) => row.held },
            { title: 'quarantined', value: (row) => row.quarantined },
            { title: 'error', value: (row) => row.error?.message ?? '' },
          ],
          rows,
        ),
      );
    }
    return rows.every(({ isWell }) => isWell) ? 0 : 1;
  },
};

export const syncApprove: Command = {
  name: 'sync approve',
  help: 'Approves a held deletion: the next full run marks the records deleted that Rentvine says are gone.',
  options: { resource: resourceOption, yes: { type: 'boolean', help: 'do it; without it, only shows what is held' } },
  async run(values) {
    required(values, 'resource');
    const platform = connect(values);
    const account = await accountOf(platform, values);
    const [resource] = resourcesOf(values);
    if (resource === undefined) return 2;
    const collection = { account, resource };
    const hold = await readHold(platform.state, collection);
    if (hold === undefined) {
      console.log(`No deletion of ${resource} is held.`);
      return 1;
    }
    console.log(
      `${hold.missing} of ${hold.known} ${resource} are no longer in Rentvine's list (held since ${hold.heldAt}; ${hold.limit} would be let through). ${hold.reason ?? ''}`,
    );
    if (values.yes !== true) {
      console.log('Add --yes to approve: the next full run asks Rentvine about each, and marks deleted what is gone.');
      return 1;
    }
    await approveHold(platform.state, collection, userInfo().username, new Date());
    console.log(`Approved. Start the run with: npm run ops -- sync run --full --resource ${resource}`);
    return 0;
  },
};

export const quarantineList: Command = {
  name: 'quarantine list',
  help: 'Lists rows that did not fit and were set aside, with the reason.',
  options: { resource: resourceOption },
  async run(values) {
    const platform = connect(values);
    const account = await accountOf(platform, values);
    const rows = (
      await Promise.all(
        resourcesOf(values).map(async (resource) =>
          (await quarantinedRows(platform.state, { account, resource })).map((row) => ({ resource, ...row })),
        ),
      )
    ).flat();
    if (values.json === true) console.log(JSON.stringify(rows));
    else if (rows.length === 0) console.log('No row is quarantined.');
    else {
      console.log(
        formatTable(
          [
            { title: 'resource', value: (row) => row.resource },
            { title: 'id', value: (row) => row.id },
            { title: 'seen at', value: (row) => row.seenAt },
            { title: 'reason', value: (row) => row.reason },
          ],
          rows,
        ),
      );
    }
    return 0;
  },
};
