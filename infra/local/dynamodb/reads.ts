import { type AttributeMap, itemSize } from './attribute-value.ts';
import { consumed, readUnits } from './capacity.ts';
import { pathsOf } from './condition.ts';
import { holds } from './condition-holds.ts';
import { invalid } from './errors.ts';
import type { ItemTable } from './items.ts';
import { isWithin, readKeyCondition } from './key-condition.ts';
import { project } from './projection.ts';
import { type Expressions, type Request, readExpressions } from './request.ts';
import { type Index, keyAttributes, keyOfRequest, projectedItem } from './table.ts';

/** @throws AwsError where there is no such table */
export type FindTable = (name: string) => ItemTable;

const maxKeysPerBatch = 100;
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html, before filters and projections */
const maxPageBytes = 1024 * 1024;
const maxBatchBytes = 16 * 1024 * 1024;

export function getItem(find: FindTable, request: Request<'GetItem'>) {
  const table = find(request.TableName);
  const { projection } = readExpressions(request);
  const item = table.get(keyOfRequest(table.definition, request.Key));
  const units = readUnits(item ? itemSize(item) : 0, request.ConsistentRead ?? false);
  return {
    ...(item && { Item: projection ? project(item, projection) : item }),
    ...consumed(request.ReturnConsumedCapacity, request.TableName, units),
  };
}

export function batchGetItem(find: FindTable, request: Request<'BatchGetItem'>) {
  const all = Object.entries(request.RequestItems);
  if (all.reduce((count, [, { Keys }]) => count + Keys.length, 0) > maxKeysPerBatch) {
    throw invalid('Too many items requested for the BatchGetItem call');
  }
  const Responses: Record<string, AttributeMap[]> = {};
  const UnprocessedKeys: Record<string, unknown> = {};
  const capacity: object[] = [];
  let bytes = 0;
  for (const [name, asked] of all) {
    const table = find(name);
    const { projection } = readExpressions(asked);
    const keys = asked.Keys.map((key) => keyOfRequest(table.definition, key));
    if (new Set(keys.map(({ pk, sk }) => JSON.stringify([pk, sk]))).size < keys.length) {
      throw invalid('Provided list of item keys contains duplicates');
    }
    const found: AttributeMap[] = [];
    let units = 0;
    const left = keys.findIndex((key) => {
      const item = table.get(key);
      const size = item ? itemSize(item) : 0;
      if (bytes + size > maxBatchBytes) return true;
      bytes += size;
      units += readUnits(size, asked.ConsistentRead ?? false);
      if (item) found.push(projection ? project(item, projection) : item);
      return false;
    });
    if (left >= 0) UnprocessedKeys[name] = { ...asked, Keys: asked.Keys.slice(left) };
    Responses[name] = found;
    const { ConsumedCapacity } = consumed(request.ReturnConsumedCapacity, name, units);
    if (ConsumedCapacity) capacity.push(ConsumedCapacity);
  }
  return { Responses, UnprocessedKeys, ...(capacity.length > 0 && { ConsumedCapacity: capacity }) };
}

export function query(find: FindTable, request: Request<'Query'>) {
  const table = find(request.TableName);
  const expressions = readExpressions(request);
  const index = indexOf(table, request);
  if (expressions.keyCondition === undefined)
    throw invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  const where = readKeyCondition(expressions.keyCondition, (index ?? table.definition).keys);
  const keys: readonly string[] = (index ?? table.definition).keys;
  const filtered = (expressions.filter ? pathsOf(expressions.filter) : []).find(([name]) =>
    keys.includes(String(name)),
  );
  if (filtered) {
    throw invalid(
      `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${filtered[0]}`,
    );
  }
  const [hash, ...start] = request.ExclusiveStartKey ? startOf(table, index, request.ExclusiveStartKey) : [];
  if (hash !== undefined && hash !== where.partition) {
    throw invalid('The provided starting key is outside query boundaries based on provided conditions');
  }
  if (hash !== undefined && !isWithin(where.range, start[0] ?? '')) {
    throw invalid('The provided starting key does not match the range key predicate');
  }
  const forward = request.ScanIndexForward ?? true;
  return page(
    table,
    index,
    request,
    expressions,
    table.query({ index, ...where, forward, start: hash === undefined ? undefined : start }),
  );
}

export function scan(find: FindTable, request: Request<'Scan'>) {
  const table = find(request.TableName);
  const expressions = readExpressions(request);
  const index = indexOf(table, request);
  const start = request.ExclusiveStartKey && startOf(table, index, request.ExclusiveStartKey);
  return page(table, index, request, expressions, table.scan(index, start));
}

function indexOf({ definition }: ItemTable, { IndexName, ConsistentRead }: Request<'Scan'>): Index | undefined {
  if (IndexName === undefined) return undefined;
  const index = definition.indexes.find(({ name }) => name === IndexName);
  if (index === undefined) throw invalid(`The table does not have the specified index: ${IndexName}`);
  if (ConsistentRead) throw invalid('Consistent reads are not supported on global secondary indexes');
  return index;
}

/** The keys of an index, and then those of the table. */
function startOf({ definition }: ItemTable, index: Index | undefined, start: AttributeMap): string[] {
  const own = keyAttributes(start, definition.keys);
  const { pk, sk } = keyOfRequest(definition, own);
  const [hash, sort] = index?.keys ?? [];
  const more = index ? [hash, sort].map((name) => (name === undefined ? '' : (start[name]?.S ?? ''))) : [];
  if (
    Object.keys(start).length !==
    Object.keys(keyAttributes(start, definition.keys, ...(index ? [index.keys] : []))).length
  ) {
    throw invalid('The provided starting key is invalid');
  }
  return [...more, pk, sk];
}

function page(
  table: ItemTable,
  index: Index | undefined,
  request: Request<'Scan'>,
  { filter, projection }: Expressions,
  items: Iterable<AttributeMap>,
) {
  const Items: AttributeMap[] = [];
  let [scanned, count, bytes] = [0, 0, 0];
  let lastKey: AttributeMap | undefined;
  let previous: AttributeMap | undefined;
  for (const whole of items) {
    const item = index ? projectedItem(index, whole) : whole;
    // That a page is full is seen at once where it is a limit of items, and where it is one of bytes by the next item.
    if (bytes + itemSize(item) > maxPageBytes && previous) {
      lastKey = previous;
      break;
    }
    previous = whole;
    bytes += itemSize(item);
    scanned += 1;
    if (!filter || holds(filter, item)) {
      count += 1;
      if (request.Select !== 'COUNT') Items.push(projection ? project(item, projection) : item);
    }
    if (scanned === request.Limit) {
      lastKey = whole;
      break;
    }
  }
  const keys = [table.definition.keys, ...(index ? [index.keys] : [])];
  return {
    ...(request.Select !== 'COUNT' && { Items }),
    Count: count,
    ScannedCount: scanned,
    ...(lastKey && { LastEvaluatedKey: keyAttributes(lastKey, ...keys) }),
    ...consumed(request.ReturnConsumedCapacity, request.TableName, readUnits(bytes, request.ConsistentRead ?? false)),
  };
}
