import type * as z from 'zod';
import { collectedTally } from '../../shared/business/collected.ts';
import { dayOf } from '../../shared/business/days.ts';
import type { BusinessFigures, LeaseFigures, PlaceFigures } from '../../shared/business/figures.ts';
import { leaseTally } from '../../shared/business/lease-figures.ts';
import { type OccupancyByPlace, occupancyTally } from '../../shared/business/occupancy.ts';
import { workOrderTally } from '../../shared/business/open-work-orders.ts';
import {
  glAccountSchema,
  leaseSchema,
  propertySchema,
  recurringChargeSchema,
  transactionSchema,
  unitSchema,
  workOrderSchema,
} from '../../shared/business/records.ts';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { batchGet, type Table } from '../../shared/store/dynamo-table.ts';
import { liveFields } from '../../shared/store/records.ts';
import { freshnessItem } from '../../shared/store/sync-state.ts';

export interface MeasuredTables {
  readonly records: Table;
  readonly state: Table;
}

/** An account's figures, and the occupancy of each property and portfolio. */
export interface MeasuredAccount {
  readonly figures: BusinessFigures;
  readonly byProperty: readonly PlaceFigures[];
  readonly byPortfolio: readonly PlaceFigures[];
}

/**
 * Computes an account's figures from its records; what is marked deleted does not count. Reads page by page, so memory does
 * not grow with leases, work orders or transactions.
 *
 * All transactions are read for the few of this month: they are stored by id, and an index by date would cost a write for each
 * of them. 100,000 of them are some 60 MB, which is 7,500 read units or 0.2 cents, four times a day.
 *
 * @returns figures without the groups whose resources were never read in full; undefined if that is so of all of them
 */
export async function measureAccount(
  account: string,
  now: Date,
  tables: MeasuredTables,
): Promise<MeasuredAccount | undefined> {
  const day = dayOf(now);
  const known = await resourcesReadInFull(account, tables.state);
  const read = reader(account, tables.records);
  const [ofLeases, collected, openWorkOrders] = await Promise.all([
    known.has('leases') ? measureLeases(day, known, read) : undefined,
    known.has('transactions') ? measure(collectedTally(day), 'transactions', transactionSchema, read) : undefined,
    known.has('workOrders') ? measure(workOrderTally(), 'workOrders', workOrderSchema, read) : undefined,
  ]);
  const { leases, occupancy } = ofLeases ?? {};
  const figures = {
    ...(leases !== undefined && { leases }),
    ...(occupancy !== undefined && { occupancy: occupancy.all }),
    ...(collected !== undefined && { collectedThisMonthCents: collected.cents, collected }),
    ...(openWorkOrders !== undefined && { openWorkOrders }),
  };
  if (Object.keys(figures).length === 0) return undefined;
  const { byProperty = [], byPortfolio = [] } = occupancy ?? {};
  return { figures: { measuredAt: now.toISOString(), ...figures }, byProperty, byPortfolio };
}

type Read = <Shape extends z.ZodObject>(
  resource: ResourceName,
  schema: Shape,
  each: (record: z.output<Shape>) => void,
) => Promise<void>;

const reader =
  (account: string, table: Table): Read =>
  async (resource, schema, each) => {
    for await (const page of liveFields(table, { account, resource }, Object.keys(schema.shape))) {
      for (const fields of page) each(schema.parse(fields));
    }
  };

async function measure<Shape extends z.ZodObject, Result>(
  tally: { add(record: z.output<Shape>): void; result(): Result },
  resource: ResourceName,
  schema: Shape,
  read: Read,
): Promise<Result> {
  await read(resource, schema, tally.add);
  return tally.result();
}

/** Reads the leases once for all that they tell; occupancy needs the places before them, and what they pay after. */
async function measureLeases(
  day: string,
  known: ReadonlySet<ResourceName>,
  read: Read,
): Promise<{ readonly leases: LeaseFigures; readonly occupancy?: OccupancyByPlace }> {
  const leases = leaseTally(day);
  const occupancy = occupancyTally(day);
  const withUnits = known.has('units');
  if (withUnits) {
    await read('properties', propertySchema, occupancy.addProperty);
    await read('units', unitSchema, occupancy.addUnit);
  }
  await read('leases', leaseSchema, (lease) => {
    leases.add(lease);
    occupancy.addLease(lease);
  });
  if (withUnits && known.has('recurringCharges')) {
    await read('glAccounts', glAccountSchema, occupancy.addGlAccount);
    await read('recurringCharges', recurringChargeSchema, occupancy.addRecurringCharge);
  }
  return { leases: leases.result(), ...(withUnits && { occupancy: occupancy.result() }) };
}

async function resourcesReadInFull(account: string, state: Table): Promise<ReadonlySet<ResourceName>> {
  const needed: readonly ResourceName[] = ['units', 'leases', 'recurringCharges', 'transactions', 'workOrders'];
  const keys = needed.map((resource) => freshnessItem.key({ account, resource }));
  const items = await batchGet(state, keys, ['pk', ...freshnessItem.attributes]);
  return new Set(
    needed.filter((_, index) => {
      const item = items.find(({ pk }) => pk === keys[index]?.pk);
      return freshnessItem.read(item).fullStartedAt !== undefined;
    }),
  );
}
