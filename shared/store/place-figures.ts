import * as z from 'zod';
import { type PlaceFigures, placeFiguresSchema } from '../business/figures.ts';
import { allItems, chunk, expiresInDays, putItem, type Table } from './dynamo-table.ts';

/** Whose figures they are, each by its id. */
export type PlaceKind = 'property' | 'portfolio';

/** An item holds 400 KB, and the figures of one place take some 150 bytes. */
const placesPerItem = 1_000;
/** They are measured a few times a day, and only the latest are of use. */
const keptDays = 7;

const itemSchema = z.object({ measuredAt: z.string(), places: z.string() });
const placesSchema = z.array(placeFiguresSchema);
const partition = (account: string, kind: PlaceKind): string => `business-places#${account}#${kind}`;

/** Keeps the figures of all of an account's properties or portfolios in the place of those before. */
export async function savePlaceFigures(
  table: Table,
  { account, kind, measuredAt }: { readonly account: string; readonly kind: PlaceKind; readonly measuredAt: string },
  places: readonly PlaceFigures[],
): Promise<void> {
  const expiresAt = expiresInDays(new Date(measuredAt), keptDays);
  for (const [index, part] of chunk(places, placesPerItem).entries()) {
    const key = { pk: partition(account, kind), sk: String(index).padStart(4, '0') };
    await putItem(table, { ...key, measuredAt, places: JSON.stringify(part), expiresAt });
  }
}

/** The latest figures of each property or portfolio that has units, in the order of their ids; none before the first report. */
export async function latestPlaceFigures(table: Table, account: string, kind: PlaceKind): Promise<PlaceFigures[]> {
  const items = (await allItems(table, partition(account, kind))).map((item) => itemSchema.parse(item));
  // Where there are fewer places than before, what is behind them is of an earlier report.
  const latest = items[0]?.measuredAt;
  return items
    .filter(({ measuredAt }) => measuredAt === latest)
    .flatMap(({ places }) => placesSchema.parse(JSON.parse(places)));
}
