import { readRecord } from '../../../shared/store/records.ts';
import { command } from '../command.ts';
import { option, resourceName } from '../options.ts';
import { say } from '../say.ts';

export const recordsGet = command({
  name: 'records get',
  positionals: '<id>',
  help: 'Prints one record as JSON.',
  options: { resource: option('<name>', 'the resource: leases', resourceName) },
  async run({ options: { resource }, positionals: [id = ''], platform, account, print }) {
    const record = await readRecord(platform().records, { account: await account(), resource }, id);
    if (record === undefined) {
      say(`There is no record ${id} of ${resource}.`);
      return 1;
    }
    print(record, () => JSON.stringify(record, undefined, 2));
    return 0;
  },
});
