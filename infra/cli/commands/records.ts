import { ConfigurationError } from '../../../shared/errors.ts';
import { isResourceName } from '../../../shared/rentvine/resources/catalogue.ts';
import { allRecords, readRecord } from '../../../shared/store/records.ts';
import { type Command, required, type Values } from '../command.ts';
import { accountOf, connect } from '../connect.ts';
import { exportRecords } from '../export-records.ts';
import { formatTable } from '../table.ts';

const resourceOption = { type: 'string', value: '<name>', help: 'the resource: leases' } as const;

function resourceOf(values: Values) {
  const name = required(values, 'resource');
  if (!isResourceName(name)) throw new ConfigurationError(`There is no resource "${name}".`);
  return name;
}

const defaultLimit = 50;

export const recordsList: Command = {
  name: 'records list',
  help: 'Lists records of a resource, tombstones included.',
  options: {
    resource: resourceOption,
    limit: { type: 'string', value: '<n>', help: `how many at the most; default ${defaultLimit}` },
  },
  async run(values) {
    const limit = values.limit === undefined ? defaultLimit : Number(values.limit);
    if (!Number.isInteger(limit) || limit < 1) throw new ConfigurationError('--limit must be a whole number from 1.');
    const platform = connect(values);
    const collection = { account: await accountOf(platform, values), resource: resourceOf(values) };
    const rows = [];
    for await (const { id, revision, asOf, changedAt, deletedAt } of allRecords(platform.records, collection)) {
      if (rows.push({ id, revision, asOf, changedAt, deletedAt: deletedAt ?? '' }) === limit) break;
    }
    if (values.json === true) console.log(JSON.stringify(rows));
    else {
      console.log(
        formatTable(
          [
            { title: 'id', value: (row) => row.id },
            { title: 'revision', value: (row) => row.revision },
            { title: 'as of', value: (row) => row.asOf },
            { title: 'changed at', value: (row) => row.changedAt },
            { title: 'deleted at', value: (row) => row.deletedAt },
          ],
          rows,
        ),
      );
    }
    return 0;
  },
};

export const recordsGet: Command = {
  name: 'records get',
  positionals: '<id>',
  help: 'Prints one record as JSON.',
  options: { resource: resourceOption },
  async run(values, [id]) {
    if (id === undefined)
      throw new ConfigurationError('Name the record: npm run ops -- records get <id> --resource leases.');
    const platform = connect(values);
    const collection = { account: await accountOf(platform, values), resource: resourceOf(values) };
    const record = await readRecord(platform.records, collection, id);
    if (record === undefined) {
      console.log(`There is no record ${id} of ${collection.resource}.`);
      return 1;
    }
    console.log(JSON.stringify(record, undefined, values.json === true ? undefined : 2));
    return 0;
  },
};

export const recordsExport: Command = {
  name: 'records export',
  positionals: '<dir>',
  help: 'Writes all records of a resource to <dir>/<resource>.jsonl, one a line.',
  options: { resource: resourceOption },
  async run(values, [dir]) {
    if (dir === undefined)
      throw new ConfigurationError('Name a directory: npm run ops -- records export out --resource leases.');
    const platform = connect(values);
    const collection = { account: await accountOf(platform, values), resource: resourceOf(values) };
    await exportRecords(platform.records, collection, dir);
    console.log(`Wrote ${dir}/${collection.resource}.jsonl.`);
    return 0;
  },
};
