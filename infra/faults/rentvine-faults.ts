import { metricsNamespace } from '../../shared/observability/metrics.ts';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { numberAt } from '../simulator/generator/wire-object.ts';
import { leaseStatuses } from '../simulator/resources/leases.ts';
import type { AlarmFault, FaultContext } from './fault.ts';
import { addAccount, minuteMs, reportBusiness, sync, watch } from './stack-driver.ts';

/** Together they take more calls than a percentile needs. */
const read: readonly ResourceName[] = ['portfolios', 'vendors', 'owners', 'properties', 'units', 'bills'];

/** The API fails so many times in a row. */
async function failCalls(context: FaultContext, times: number): Promise<void> {
  const { simulator, account } = context;
  simulator.faults.add({ kind: 'status', status: 503, account, times });
  await sync(context, 'vendors', 'incremental');
}

/** A second account's API fails so long after the first's. */
async function failAnother(context: FaultContext, minutes: number): Promise<void> {
  const { clock, simulator } = context;
  const account = 'another';
  await addAccount(context, account);
  await failCalls(context, 1_000);
  await clock.advance(minutes * minuteMs);
  simulator.faults.add({ kind: 'status', status: 503, account });
  await sync({ ...context, account }, 'vendors', 'full');
  await watch(context);
}

/** Every call takes this long. */
async function slowDown(context: FaultContext, ms: number): Promise<void> {
  const { simulator, account } = context;
  const fault = simulator.faults.add({ kind: 'latency', ms, account });
  await Promise.all(read.map((name) => sync(context, name, 'full')));
  simulator.faults.remove(fault);
}

/** Makes sure that there are so many vendors, and answers their ids. */
function vendors({ simulator, account }: FaultContext, count: number): number[] {
  const world = simulator.world(account);
  while (world.size('vendors') < count) world.create('vendors', { name: 'A vendor', isActive: true });
  return world.ids('vendors');
}

/** Vendors come as something that is no vendor: this share of all rows that are read within the hour. */
async function spoilVendors(context: FaultContext, share: number): Promise<void> {
  const { simulator, account, stack, platform } = context;
  const read = {
    namespace: metricsNamespace(platform.stage),
    name: 'RowsRead',
    dimensions: { service: 'sync-worker' },
  };
  const rowsBefore = stack.metricData(read).reduce((rows, { sum }) => rows + sum, 0);
  const ids = vendors(context, 500).slice(0, Math.round((rowsBefore + 500) * share));
  simulator.faults.add({ kind: 'malformedRows', how: 'badFlag', resource: 'vendors', ids, account });
  await sync(context, 'vendors', 'full');
}

/** Vendors are read in full, with a field of tomorrow from the first or from the second time on. */
async function gainField(context: FaultContext, when: 'first' | 'second'): Promise<void> {
  const { simulator, account } = context;
  vendors(context, 5);
  const gain = () =>
    simulator.faults.add({ kind: 'changedFields', gained: { isPreferred: true }, resource: 'vendors', account });
  if (when === 'first') gain();
  await sync(context, 'vendors', 'full');
  if (when === 'second') gain();
  await sync(context, 'vendors', 'full');
}

/** So many of 40 vendors are gone; ten are allowed. */
async function removeVendors(context: FaultContext, count: number): Promise<void> {
  const { simulator, account } = context;
  const ids = vendors(context, 40);
  await sync(context, 'vendors', 'full');
  for (const id of ids.slice(0, count)) simulator.world(account).delete('vendors', id);
  await sync(context, 'vendors', 'full');
  await watch(context);
}

/** As many units have no active lease as make up 15 %, and so many more. */
async function vacate(context: FaultContext, more: number): Promise<void> {
  const { simulator, account } = context;
  const world = simulator.world(account);
  for (const name of ['properties', 'units'] as const) {
    for (const id of world.ids(name)) world.update(name, id, { isActive: true });
  }
  const units = world.all('units');
  const occupied = units.slice(Math.floor(units.length * 0.15) + more).map((unit) => numberAt(unit, 'unitID') ?? 0);
  for (const id of world.ids('leases')) {
    const unitID = occupied.pop();
    world.update('leases', id, {
      ...(unitID !== undefined && { unitID }),
      primaryLeaseStatusID: leaseStatuses[unitID === undefined ? 'closed' : 'active'],
      startDate: '2024-01-01',
      moveOutDate: null,
    });
  }
  for (const name of ['properties', 'units', 'leases'] as const) await sync(context, name, 'full');
  await reportBusiness(context);
}

/** What Rentvine does, and what it says. */
export const rentvineFaults: readonly AlarmFault[] = [
  {
    name: 'rentvine-api-down',
    summary: 'Rentvine answers 503, three times in a row and on.',
    cause: (context) => failCalls(context, 1_000),
    justBelow: (context) => failCalls(context, 2),
  },
  {
    name: 'another-api-down',
    summary: 'While the API of one account has been down for 40 minutes, that of another fails.',
    cause: (context) => failAnother(context, 40),
    // Within half an hour it is the same outage.
    justBelow: (context) => failAnother(context, 20),
  },
  {
    name: 'rentvine-latency',
    summary: 'Rentvine takes more than five seconds for every answer.',
    cause: (context) => slowDown(context, 5_100),
    justBelow: (context) => slowDown(context, 4_000),
  },
  {
    name: 'contract-violations',
    summary: 'One in 100 rows comes in a shape that is not known.',
    cause: (context) => spoilVendors(context, 0.01),
    justBelow: (context) => spoilVendors(context, 0.004),
  },
  {
    name: 'schema-changed',
    summary: 'Vendors come with a field that they never had.',
    cause: (context) => gainField(context, 'second'),
    // What is there when an account is first read is how it is.
    justBelow: (context) => gainField(context, 'first'),
  },
  {
    name: 'deletion-held',
    summary: 'Of 40 vendors, 11 are gone at once: more than are marked deleted unasked.',
    cause: (context) => removeVendors(context, 11),
    justBelow: (context) => removeVendors(context, 10),
  },
  {
    name: 'vacancy',
    summary: 'One unit more than 15 % of all has no active lease.',
    cause: (context) => vacate(context, 1),
    justBelow: (context) => vacate(context, 0),
  },
];
