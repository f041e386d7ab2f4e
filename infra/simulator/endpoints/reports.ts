import * as z from 'zod';
import { centsOf, dollars, type WireObject } from '../generator/wire-object.ts';
import { type ResourceName, resourceByName } from '../resources/catalogue.ts';
import { jsonAnswer, notFound } from '../server/answer.ts';
import { InvalidRequest } from '../server/field-errors.ts';
import type { Endpoint } from './endpoint.ts';

interface Report {
  readonly name: string;
  readonly resource: ResourceName;
  readonly columns: readonly string[];
  /** A column whose sum is the last row. */
  readonly sums?: string;
}

const reports: readonly Report[] = [
  { name: 'rent-roll', resource: 'units', columns: ['unitID', 'propertyID', 'name', 'rent', 'isVacant'], sums: 'rent' },
  { name: 'lease-expirations', resource: 'leases', columns: ['leaseID', 'code', 'unitID', 'startDate', 'endDate'] },
  {
    name: 'transactions',
    resource: 'transactions',
    columns: ['transactionID', 'datePosted', 'description', 'amount'],
    sums: 'amount',
  },
  {
    name: 'work-orders',
    resource: 'workOrders',
    columns: ['workOrderID', 'workOrderNumber', 'description', 'primaryWorkOrderStatusID'],
  },
];

const rowTypes = { data: 1, total: 2 } as const;

const parameters = z.object({
  displayColumns: z.array(z.string()).optional(),
  filters: z.record(z.string(), z.unknown()).default({}),
});

/** `?reportTypeID=1` says which reports there are; one is run by name with `exportTypeID=1&json={displayColumns, filters}`. */
export const reportEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/reports',
    answer: () =>
      jsonAnswer(200, {
        reports: reports.map(({ name, columns }, index) => ({ reportID: String(index + 1), name, columns })),
      }),
  },
  {
    method: 'GET',
    path: '/reports/{name}',
    answer({ account, parameters: { name }, query }) {
      const report = reports.find((known) => known.name === name);
      if (report === undefined) return notFound();
      if (query.get('exportTypeID') !== '1') throw new InvalidRequest('exportTypeID', 'Export type is Invalid');
      const { displayColumns, filters } = parametersOf(query.get('json'));
      const columns = displayColumns ?? report.columns;
      const objects = account.world
        .all(report.resource)
        .filter((object) => account.narrowing.sees(resourceByName(report.resource), object))
        .filter((object) => Object.entries(filters).every(([key, value]) => String(object[key]) === String(value)));
      const rows = objects.map((object) => ({ rowTypeID: rowTypes.data, data: pick(object, columns) }));
      const { sums } = report;
      const total = objects.reduce((sum, object) => sum + centsOf(object[sums ?? '']), 0);
      const last = sums === undefined ? [] : [{ rowTypeID: rowTypes.total, data: { [sums]: dollars(total) } }];
      return jsonAnswer(200, JSON.parse(account.speller.json([...rows, ...last])));
    },
  },
];

const pick = (object: WireObject, columns: readonly string[]): WireObject =>
  Object.fromEntries(columns.filter((column) => column in object).map((column) => [column, object[column] ?? null]));

function parametersOf(text: string | null): z.output<typeof parameters> {
  try {
    return parameters.parse(JSON.parse(text ?? '{}'));
  } catch {
    throw new InvalidRequest('json', 'json must be an object with displayColumns and filters');
  }
}
