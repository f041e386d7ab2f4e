import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { quarantinedRows } from '../../../shared/store/quarantine.ts';
import { command } from '../command.ts';
import { option, resourceName } from '../options.ts';
import { formatTable } from '../text-table.ts';

export const quarantineList = command({
  name: 'quarantine list',
  help: 'Lists rows that did not fit and were set aside, with the reason.',
  options: { resource: option('<name>', 'one resource: leases', resourceName.optional()) },
  async run({ options, platform, account, print }) {
    const { state } = platform();
    const name = await account();
    const names = options.resource === undefined ? resources.map((each) => each.name) : [options.resource];
    const found = names.map(async (resource) =>
      (await quarantinedRows(state, { account: name, resource })).map((row) => ({ resource, ...row })),
    );
    const rows = (await Promise.all(found)).flat();
    print(rows, () => (rows.length === 0 ? 'No row is quarantined.' : formatTable(rows)));
    return 0;
  },
});
