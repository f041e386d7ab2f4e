import { command } from '../command.ts';
import { exportRecords } from '../export-records.ts';
import { option, resourceName } from '../options.ts';
import { say } from '../say.ts';

export const recordsExport = command({
  name: 'records export',
  positionals: '<dir>',
  help: 'Writes all records of a resource to <dir>/<resource>.jsonl, one a line.',
  options: { resource: option('<name>', 'the resource: leases', resourceName) },
  async run({ options: { resource }, positionals: [dir = ''], platform, account }) {
    await exportRecords(platform().records, { account: await account(), resource }, dir);
    say(`Wrote ${dir}/${resource}.jsonl.`);
    return 0;
  },
});
