import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { Collection } from '../../../shared/store/collection.ts';
import type { Table } from '../../../shared/store/dynamo-table.ts';
import { type QuarantinedRow, quarantinedRows } from '../../../shared/store/quarantine.ts';
import type { Family } from './exposition.ts';

const queriesAtOnce = 20;

/**
 * How much each table holds, as DynamoDB tells it: about, and some hours old.
 *
 * @param tables by what we call them
 */
export async function tableFamilies(tables: Readonly<Record<string, Table>>): Promise<Family[]> {
  const described = await Promise.all(
    Object.entries(tables).map(async ([table, { client, name }]) => {
      const { Table: about = {} } = await client.send(new DescribeTableCommand({ TableName: name }));
      return { labels: { table }, bytes: about.TableSizeBytes ?? 0, items: about.ItemCount ?? 0 };
    }),
  );
  return [
    {
      name: 'table_size_bytes',
      help: 'What a table takes; DynamoDB counts it every six hours or so.',
      samples: described.map(({ labels, bytes }) => ({ labels, value: bytes })),
    },
    {
      name: 'table_items',
      help: 'Items of a table, likewise.',
      samples: described.map(({ labels, items }) => ({ labels, value: items })),
    },
  ];
}

/** How many rows of each collection wait in quarantine. */
export async function quarantineFamilies(state: Table, collections: readonly Collection[]): Promise<Family[]> {
  const rows = await pMap(collections, (each): Promise<QuarantinedRow[]> => quarantinedRows(state, each), {
    concurrency: queriesAtOnce,
  });
  return [
    {
      name: 'quarantined_rows',
      help: 'Rows that did not fit their schema and have not been read without fault since.',
      samples: collections.map(({ account, resource }, index) => ({
        labels: { account, resource },
        value: rows[index]?.length ?? 0,
      })),
    },
  ];
}
