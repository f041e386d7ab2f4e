import type { AttributeMap } from './attribute-value.ts';
import { consumed } from './capacity.ts';
import { holds } from './condition-holds.ts';
import type { Database } from './database.ts';
import { conditionFailed, invalid } from './errors.ts';
import type { ItemTable } from './items.ts';
import { project } from './projection.ts';
import type { FindTable } from './reads.ts';
import { type Request, readExpressions } from './request.ts';
import { type ItemKey, keyOfItem, keyOfRequest } from './table.ts';
import { applyUpdate } from './update.ts';

const maxWritesPerBatch = 25;

type ConditionalWrite = Request<'PutItem'> | Request<'UpdateItem'> | Request<'DeleteItem'>;

export function putItem(database: Database, find: FindTable, request: Request<'PutItem'>) {
  const table = find(request.TableName);
  const key = keyOfItem(table.definition, request.Item);
  return write(database, table, key, request, () => request.Item);
}

export function deleteItem(database: Database, find: FindTable, request: Request<'DeleteItem'>) {
  const table = find(request.TableName);
  return write(database, table, keyOfRequest(table.definition, request.Key), request, () => undefined);
}

export function updateItem(database: Database, find: FindTable, request: Request<'UpdateItem'>) {
  const table = find(request.TableName);
  const key = keyOfRequest(table.definition, request.Key);
  return write(database, table, key, request, (before, { update = [] }) => {
    for (const { path } of update) {
      if (!table.definition.keys.includes(String(path[0]))) continue;
      throw invalid(
        `One or more parameter values were invalid: Cannot update attribute ${path[0]}. This attribute is part of the key`,
      );
    }
    const after = applyUpdate(update, before, request.Key);
    keyOfItem(table.definition, after);
    return after;
  });
}

function write(
  database: Database,
  table: ItemTable,
  key: ItemKey,
  request: ConditionalWrite & { readonly UpdateExpression?: string | undefined },
  change: (
    before: AttributeMap | undefined,
    expressions: ReturnType<typeof readExpressions>,
  ) => AttributeMap | undefined,
) {
  const expressions = readExpressions(request);
  const { before, after, units } = database.atomically(() => {
    const before = table.get(key);
    if (expressions.condition && !holds(expressions.condition, before ?? {})) {
      throw conditionFailed(request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? before : undefined);
    }
    const after = change(before, expressions);
    return { before, after, units: table.replace(key, before, after) };
  });
  const updated = (expressions.update ?? []).map(({ path }) => path);
  const returned = {
    NONE: undefined,
    ALL_OLD: before,
    ALL_NEW: after,
    UPDATED_OLD: before && project(before, updated),
    UPDATED_NEW: after && project(after, updated),
  }[request.ReturnValues ?? 'NONE'];
  return {
    ...(returned && Object.keys(returned).length > 0 && { Attributes: returned }),
    ...consumed(request.ReturnConsumedCapacity, request.TableName, units),
  };
}

export function batchWriteItem(database: Database, find: FindTable, request: Request<'BatchWriteItem'>) {
  const all = Object.entries(request.RequestItems).map(([name, writes]) => {
    const table = find(name);
    return {
      name,
      table,
      writes: writes.map((each) =>
        'PutRequest' in each
          ? { key: keyOfItem(table.definition, each.PutRequest.Item), after: each.PutRequest.Item }
          : { key: keyOfRequest(table.definition, each.DeleteRequest.Key), after: undefined },
      ),
    };
  });
  if (all.reduce((count, { writes }) => count + writes.length, 0) > maxWritesPerBatch) {
    throw invalid('Too many items requested for the BatchWriteItem call');
  }
  for (const { writes } of all) {
    if (new Set(writes.map(({ key: { pk, sk } }) => JSON.stringify([pk, sk]))).size < writes.length) {
      throw invalid('Provided list of item keys contains duplicates');
    }
  }
  const capacity: object[] = [];
  for (const { name, table, writes } of all) {
    let units = 0;
    // A batch is no transaction: each of its writes is one by itself.
    for (const { key, after } of writes) {
      units += database.atomically(() => table.replace(key, table.get(key), after));
    }
    const { ConsumedCapacity } = consumed(request.ReturnConsumedCapacity, name, units);
    if (ConsumedCapacity) capacity.push(ConsumedCapacity);
  }
  return { UnprocessedItems: {}, ...(capacity.length > 0 && { ConsumedCapacity: capacity }) };
}

/** Removes what has expired. Returns how many items. */
export function removeExpired(database: Database, table: ItemTable): number {
  const expired = table.expired();
  for (const { key, item } of expired) database.atomically(() => table.replace(key, item, undefined, true));
  return expired.length;
}
