import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../../infra/cli/command.ts';
import { commands } from '../../infra/cli/commands.ts';
import { readHealthSummary } from '../../shared/health/health-summary.ts';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { readEntry, removeFromDirectory } from '../../shared/store/account-directory.ts';
import { runIdOf } from '../../shared/sync/job.ts';
import { playTick } from './emitted-metrics.ts';
import { startHarness } from './harness.ts';

it('what the README says after the secret was made works at once, however late Secrets Manager lists it', async () => {
  const data = await mkdtemp(join(tmpdir(), 'late-listing-'));
  const harness = await startHarness({ dataDir: join(data, 'stack') });
  onTestFinished(async () => {
    await harness.stop();
    await rm(data, { recursive: true });
  });
  const ops = (line: string) => runCommand(commands, [...line.split(' '), '--data', data]);
  const company = await harness.company();
  const { account } = company;
  // As after `aws secretsmanager create-secret`, of which the directory knows nothing.
  await removeFromDirectory(harness.state, [account]);
  harness.intercept(({ operation, body }) => {
    if (operation === 'ListSecrets') body.Filters = [{ Key: 'name', Values: ['nothing-that-is-new'] }];
    return undefined;
  });
  expect(await harness.platform.accounts()).toEqual([]);

  expect(await ops(`sync run --resource portfolios --full --account ${account}`)).toBe(0);
  expect(await ops(`sync status --account ${account}`)).toBe(0);
  expect(await ops(`records list --resource portfolios --account ${account}`)).toBe(0);
  expect(await readEntry(harness.state, account)).toMatchObject({ state: 'active' });

  // From then on its schedules count, and the watcher looks at it.
  const scheduledAt = harness.clock.now().toISOString();
  const planned = await harness.platform.plan({ resource: 'units', mode: 'full', scheduledAt });
  const run = { resource: 'units', mode: 'full', scheduledAt, activeOnly: false, correlationId: 'c' } as const;
  expect(planned).toEqual([{ account, resource: 'units', runId: runIdOf(run) }]);
  expect(await company.finished('units', runIdOf(run))).toMatchObject({ status: 'succeeded' });
  await playTick(harness, 'watcher', harness.clock.now().getTime());
  const { accounts } = (await readHealthSummary(harness.state)) ?? {};
  expect(accounts).toMatchObject({ total: 1, unread: 0, named: [{ account }] });
  expect(accounts?.named[0]?.resources).toHaveLength(resources.length);
  await expect(ops('sync run --account nobody')).rejects.toThrow('There is no account "nobody"');
});
