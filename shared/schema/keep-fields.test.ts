import { expect, it } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import { emptyTables } from '../../test/local-tables.ts';
import { schemaEventKey, schemaEventOf } from '../events/schema-event.ts';
import { schemaEventSchema } from '../events/schema-event-schema.ts';
import type { SeenFields } from '../rentvine/field-catalogue.ts';
import { readItem } from '../store/dynamo-table.ts';
import type { FieldsRead } from './after-read.ts';
import { catalogueKeeper, readCatalogue } from './keep-fields.ts';

const tables = emptyTables();
const leases = { account: 'acme', resource: 'leases' };
const seen = (...paths: string[]): SeenFields => ({
  rows: 20,
  fields: paths.map((path) => ({ path, seen: 20, types: ['text'] })),
  dropped: [{ path: 'tenants.birthDate', count: 20 }],
  ignored: [],
});
const full = (hour: number, ...paths: string[]): FieldsRead => ({
  kind: 'list',
  seen: seen(...paths),
  at: `2026-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`,
  fullRun: { id: `run-${hour}`, slice: 1, isProven: true },
});
const part = (hour: number, ...paths: string[]): FieldsRead => {
  const { fullRun: _fullRun, ...read } = full(hour, ...paths);
  return read;
};
const keeper = () => catalogueKeeper(tables, leases);
const told = async () => {
  const item = await readItem(tables.records, schemaEventKey(leases));
  return item && schemaEventSchema.parse(schemaEventOf(item));
};
const writes = () => tables.requests.filter(({ operation }) => /Put|Update|Execute/.test(operation)).length;

it('keeps what was seen, and puts what has changed where the records are published from', async () => {
  expect(await readCatalogue(tables.state, leases)).toBeUndefined();
  expect(await keeper().note(full(1, 'leaseId'), 'c-1')).toEqual([]);
  expect(await told()).toBeUndefined();
  const changes = await keeper().note(full(2, 'leaseId', 'petPolicy'), 'c-2');
  expect(changes).toEqual([{ field: 'petPolicy', change: 'new', read: 'list', types: ['text'] }]);
  expect(await told()).toEqual({
    ...leases,
    id: 'acme#leases#1',
    revision: 1,
    changedAt: '2026-01-01T02:00:00.000Z',
    changes,
    correlationId: 'c-2',
  });
  expect(await readCatalogue(tables.state, leases)).toMatchObject({
    fields: { petPolicy: { list: { first: '2026-01-01T02:00:00.000Z' } } },
    dropped: { 'tenants.birthDate': { count: 20 } },
    recent: [{ field: 'petPolicy', at: '2026-01-01T02:00:00.000Z' }],
  });
});

it('writes nothing where nothing is new, and after the first look reads nothing either', async () => {
  await keeper().note(full(1, 'leaseId'), 'c-1');
  const same = keeper();
  const before = writes();
  await same.note(part(2, 'leaseId'), 'c-2');
  const requests = tables.requests.length;
  await same.note(part(3, 'leaseId'), 'c-3');
  expect(writes()).toBe(before);
  expect(tables.requests.length).toBe(requests);
});

it('loses no event, and tells none twice, wherever it is interrupted', async () => {
  const change = full(2, 'leaseId', 'petPolicy');
  for (const failing of ['state', 'records', 'forget'] as const) {
    const collection = { ...leases, account: failing };
    const one = () => catalogueKeeper(tables, collection);
    await one().note(full(1, 'leaseId'), 'c-1');
    let isFailing = true;
    tables.intercept = ({ operation, body }) => {
      const isHit =
        failing === 'forget'
          ? operation === 'UpdateItem'
          : operation === 'PutItem' && body.TableName === tables[failing].name;
      if (isHit && isFailing) throw new AwsError('com.amazonaws.dynamodb.v20120810#ValidationException', 'no', 400);
    };
    await expect(one().note(change, 'c-2')).rejects.toThrow();
    isFailing = false;
    // Whatever is read next.
    await one().note(failing === 'state' ? change : part(3, 'leaseId'), 'c-3');
    const item = await readItem(tables.records, schemaEventKey(collection));
    expect(item, failing).toMatchObject({ revision: 1, changes: [{ field: 'petPolicy', change: 'new' }] });
    const puts = () => tables.requests.filter(({ body }) => body.TableName === tables.records.name).length;
    const before = puts();
    await one().note(full(4, 'leaseId', 'petPolicy'), 'c-4');
    expect(puts(), failing).toBe(before);
    tables.intercept = () => {};
  }
});

it('two who learn at the same time both have their say', async () => {
  await keeper().note(full(1, 'leaseId'), 'c-1');
  const [one, other] = [keeper(), keeper()];
  const changes = await Promise.all([
    one.note(part(2, 'leaseId', 'petPolicy'), 'c-2'),
    other.note(part(2, 'leaseId', 'parking', 'petPolicy'), 'c-3'),
  ]);
  const fields = changes.flat().map(({ field }) => field);
  expect(fields.sort()).toEqual(['parking', 'petPolicy']);
  expect(Object.keys((await readCatalogue(tables.state, leases))?.fields ?? {}).sort()).toEqual([
    'leaseId',
    'parking',
    'petPolicy',
  ]);
});
