import * as z from 'zod';
import { type AttributeMap, type AttributeValue, typeOf } from './attribute-value.ts';
import { invalid } from './errors.ts';

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })).max(2);

/** The properties of an `AWS::DynamoDB::Table` that have an effect here, less its name. */
export const tableProperties = z.strictObject({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.strictObject({
      AttributeName: z.string(),
      AttributeType: z.literal('S', { error: 'the local DynamoDB knows keys of text alone' }),
    }),
  ),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.strictObject({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
  StreamSpecification: z.strictObject({ StreamViewType: z.literal('NEW_AND_OLD_IMAGES') }).optional(),
});

type TableProperties = z.infer<typeof tableProperties>;

export interface Index {
  readonly name: string;
  readonly keys: KeyNames;
  /** What is kept of an item in it; undefined where all is. */
  readonly projected: readonly string[] | undefined;
}

export interface TableDefinition {
  readonly name: string;
  readonly keys: KeyNames;
  readonly indexes: readonly Index[];
}

/** One or two attribute names: of the partition key, and of the sort key. */
export type KeyNames = readonly [string] | readonly [string, string];

/** Of an item; the sort key is empty where the table has none. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html, in bytes */
const maxKeyBytes = [2048, 1024] as const;

/** What is to be known of a table beside what it holds. */
export function tableDefinition(name: string, properties: TableProperties): TableDefinition {
  const keys = keyNames(properties.KeySchema);
  return {
    name,
    keys,
    indexes: (properties.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => {
      const own = keyNames(KeySchema);
      const projected = [...keys, ...own, ...(Projection.NonKeyAttributes ?? [])].filter((each) => each !== undefined);
      return { name: IndexName, keys: own, projected: Projection.ProjectionType === 'ALL' ? undefined : projected };
    }),
  };
}

function keyNames(elements: TableProperties['KeySchema']): KeyNames {
  const named = (type: 'HASH' | 'RANGE') => elements.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const [hash = '', range] = [named('HASH'), named('RANGE')];
  return range === undefined ? [hash] : [hash, range];
}

/** The key of an item that is to be stored. @throws AwsError for one that cannot be */
export function keyOfItem({ keys, indexes }: TableDefinition, item: AttributeMap): ItemKey {
  const [pk, sk = ''] = keys.map((name, position) => {
    if (name === undefined) return '';
    const value = item[name];
    if (value === undefined) {
      throw invalid(`One or more parameter values were invalid: Missing the key ${name} in the item`);
    }
    return keyText(name, value, position);
  });
  for (const index of indexes) {
    for (const name of index.keys) {
      const value = name === undefined ? undefined : item[name];
      if (value === undefined) continue;
      if (value.S === undefined) {
        throw invalid(
          `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: S Actual: ${typeOf(value)} IndexName: ${index.name}`,
        );
      }
      if (value.S === '') {
        throw invalid(
          `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${index.name}, IndexKey: ${name}`,
        );
      }
    }
  }
  return { pk: pk ?? '', sk };
}

/** The key that a request names. @throws AwsError where it has other attributes than the key has */
export function keyOfRequest(table: TableDefinition, key: AttributeMap): ItemKey {
  const wanted = table.keys.filter((name) => name !== undefined);
  const given = Object.keys(key);
  if (given.length !== wanted.length || wanted.some((name) => key[name] === undefined)) {
    throw invalid('The provided key element does not match the schema');
  }
  const [pk, sk = ''] = wanted.map((name, position) => {
    const value = key[name];
    if (value?.S === undefined) throw invalid('The provided key element does not match the schema');
    return keyText(name, value, position);
  });
  return { pk: pk ?? '', sk };
}

function keyText(name: string, value: AttributeValue, position: number): string {
  if (value.S === undefined) {
    throw invalid(
      `One or more parameter values were invalid: Type mismatch for key ${name} expected: S actual: ${typeOf(value)}`,
    );
  }
  if (value.S === '') {
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    );
  }
  const most = maxKeyBytes[position] ?? 0;
  if (Buffer.byteLength(value.S) > most) {
    const kind = position === 0 ? 'hashkey' : 'rangekey';
    throw invalid(
      `One or more parameter values were invalid: Size of ${kind} has exceeded the maximum size limit of ${most} bytes`,
    );
  }
  return value.S;
}

/** The attributes that lead to an item, in the table and, if asked for, in an index. */
export function keyAttributes(item: AttributeMap, ...keys: readonly KeyNames[]): AttributeMap {
  const names = keys.flat().filter((name) => name !== undefined);
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
}

/** Where an item is in an index; undefined where it is not in it. */
export function entryKey({ keys: [hash, range] }: Index, item: AttributeMap): ItemKey | undefined {
  const pk = item[hash]?.S;
  const sk = range === undefined ? '' : item[range]?.S;
  return pk === undefined || sk === undefined ? undefined : { pk, sk };
}

/** What an index keeps of an item. */
export const projectedItem = ({ projected }: Index, item: AttributeMap): AttributeMap =>
  projected === undefined
    ? item
    : Object.fromEntries(projected.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
