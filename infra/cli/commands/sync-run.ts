import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { enterAccount } from '../../../shared/store/account-directory.ts';
import { command } from '../command.ts';
import { flag, option, resourceName } from '../options.ts';

export const syncRun = command({
  name: 'sync run',
  help: 'Asks for a sync run now, of one resource or all.',
  options: {
    resource: option('<name>', 'one resource: leases', resourceName.optional()),
    full: flag('read everything, not only what changed'),
  },
  async run({ options, platform, account, print }) {
    const accounts = [await account()];
    // So that its schedules and webhooks count from now on, however late Secrets Manager lists it.
    for (const name of accounts) await enterAccount(platform().state, name, platform().now());
    const mode = options.full ? 'full' : 'incremental';
    const names = options.resource === undefined ? resources.map(({ name }) => name) : [options.resource];
    const planned = [];
    for (const resource of names) planned.push(...(await platform().plan({ resource, mode, accounts })));
    print(planned, () => {
      const runs = planned.length === 1 ? 'run' : 'runs';
      return `Asked for ${planned.length} ${mode} ${runs}; npm run ops -- sync status shows how they get on.`;
    });
    return 0;
  },
});
