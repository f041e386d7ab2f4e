import { expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { latestPlaceFigures, savePlaceFigures } from './place-figures.ts';

const tables = emptyTables();

const places = (count: number, units: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index + 1),
    units,
    occupied: 1,
    vacant: units - 1,
    vacancyRate: 50,
  }));
const of = (measuredAt: string) => ({ account: 'acme', kind: 'property' as const, measuredAt });

it('keeps the figures of any number of places, each report in the place of the one before', async () => {
  expect(await latestPlaceFigures(tables.state, 'acme', 'property')).toEqual([]);
  await savePlaceFigures(tables.state, of('2026-03-01T06:00:00.000Z'), places(2_500, 2));
  await savePlaceFigures(tables.state, { ...of('2026-03-01T06:00:00.000Z'), kind: 'portfolio' }, places(1, 9));
  expect(await latestPlaceFigures(tables.state, 'acme', 'property')).toEqual(places(2_500, 2));
  await savePlaceFigures(tables.state, of('2026-03-01T12:00:00.000Z'), places(1_200, 3));
  expect(await latestPlaceFigures(tables.state, 'acme', 'property')).toEqual(places(1_200, 3));
  expect(await latestPlaceFigures(tables.state, 'acme', 'portfolio')).toEqual(places(1, 9));
});
