import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type BusinessFigures, businessFiguresSchema } from '../business/figures.ts';
import { anyOf, isCarriedOut } from './conditions.ts';
import { expiresInDays, type Key, type Table } from './dynamo-table.ts';

/** Long enough to compare a day with the same day of last year. */
const keptDays = 400;

const partition = (account: string): string => `business#${account}`;
const keyOf = (account: string, { measuredAt }: BusinessFigures): Key => ({
  pk: partition(account),
  sk: measuredAt.slice(0, 10),
});

/** Keeps an account's figures as those of their day, UTC, unless later ones of the day are kept already. */
export async function saveFigures(table: Table, account: string, figures: BusinessFigures): Promise<void> {
  await isCarriedOut(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          ...keyOf(account, figures),
          ...figures,
          expiresAt: expiresInDays(new Date(figures.measuredAt), keptDays),
        },
        ConditionExpression: anyOf('attribute_not_exists(pk)', 'measuredAt <= :measuredAt'),
        ExpressionAttributeValues: { ':measuredAt': figures.measuredAt },
      }),
    ),
  );
}

/** The latest figures of an account, in one read; undefined when there are none yet. */
export async function latestFigures(table: Table, account: string): Promise<BusinessFigures | undefined> {
  const [latest] = await recentFigures(table, account, 1);
  return latest;
}

/** The figures of the most recent days that have any, the oldest first. Up to a year of them is one read. */
export async function recentFigures(table: Table, account: string, days: number): Promise<BusinessFigures[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partition(account) },
      ScanIndexForward: false,
      Limit: days,
    }),
  );
  return Items.map((item) => businessFiguresSchema.parse(item)).reverse();
}
