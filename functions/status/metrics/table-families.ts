import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../../shared/store/dynamo-table.ts';
import type { Family } from './exposition.ts';

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
