import { allRecords, type StoredRecord } from '../../../shared/store/records.ts';
import { command } from '../command.ts';
import { option, resourceName, wholeNumber } from '../options.ts';
import { formatTable } from '../text-table.ts';

export const recordsList = command({
  name: 'records list',
  help: 'Lists records of a resource, tombstones included.',
  options: {
    resource: option('<name>', 'the resource: leases', resourceName),
    limit: option('<n>', 'how many at the most', wholeNumber(1).default(50)),
  },
  async run({ options: { resource, limit }, platform, account, print }) {
    const rows: Pick<StoredRecord, 'id' | 'revision' | 'asOf' | 'changedAt' | 'deletedAt'>[] = [];
    const records = allRecords(platform().records, { account: await account(), resource });
    for await (const { id, revision, asOf, changedAt, deletedAt } of records) {
      if (rows.push({ id, revision, asOf, changedAt, ...(deletedAt !== undefined && { deletedAt }) }) === limit) break;
    }
    print(rows, () => (rows.length === 0 ? `There are no records of ${resource}.` : formatTable(rows)));
    return 0;
  },
});
