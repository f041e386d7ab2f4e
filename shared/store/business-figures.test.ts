import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import type { BusinessFigures } from '../business/figures.ts';
import { latestFigures, recentFigures, saveFigures } from './business-figures.ts';

const tables = emptyTables();

const figures = (measuredAt: string, collectedThisMonthCents: number): BusinessFigures => ({
  measuredAt,
  collectedThisMonthCents,
  occupancy: { units: 3, occupied: 1, vacant: 2, vacancyRate: 200 / 3, rentRollCents: 100_050 },
});

it('keeps the last figures of each day for more than a year, and finds the latest in one read', async () => {
  const morning = figures('2026-03-01T06:00:00.000Z', 1);
  const evening = figures('2026-03-01T18:00:00.000Z', 2);
  const next = figures('2026-03-02T00:00:00.000Z', 3);
  await expect(latestFigures(tables.state, 'acme')).resolves.toBeUndefined();
  // A late attempt of the morning's tick takes nothing back.
  for (const each of [next, evening, morning]) await saveFigures(tables.state, 'acme', each);
  await saveFigures(tables.state, 'acme-2', figures('2026-03-03T00:00:00.000Z', 4));
  tables.requests.length = 0;
  await expect(latestFigures(tables.state, 'acme')).resolves.toEqual(next);
  expect(tables.requests).toHaveLength(1);
  await expect(recentFigures(tables.state, 'acme', 30)).resolves.toEqual([evening, next]);
  const { Items } = await tables.state.client.send(
    new QueryCommand({
      TableName: tables.state.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'business#acme' },
    }),
  );
  expect(Items?.[1]?.expiresAt).toBe(Date.UTC(2026, 2, 2) / 1000 + 400 * 86_400);
});
