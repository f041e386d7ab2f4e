import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import type { TableProperties } from '../../infra/local/dynamodb/dynamodb.ts';
import { startDynamoDb } from '../../infra/local/dynamodb/dynamodb.ts';
import { askDynamoDb, tablePrefix } from './ask.ts';

const endpoint = process.env.TEST_DYNAMODB_ENDPOINT;

const properties: TableProperties = {
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'g', 'h'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-g',
      KeySchema: [
        { AttributeName: 'g', KeyType: 'HASH' },
        { AttributeName: 'h', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['a'] },
    },
  ],
};

/** Few of everything, so that requests meet. */
const scalar = fc.constantFrom(
  { S: 'x' },
  { S: 'xy' },
  { S: '' },
  { N: '1' },
  { N: '1.50' },
  { N: '-2000' },
  { N: '0.1' },
  { N: '12345678901234567890123456789012345678' },
  { BOOL: true },
  { NULL: true },
  { B: 'AQI=' },
  { SS: ['x', 'y'] },
  { SS: ['y'] },
  { NS: ['1', '2'] },
);
const value: fc.Arbitrary<object> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.array(scalar, { maxLength: 2 }).map((L) => ({ L })),
  fc.dictionary(fc.constantFrom('b', 'c'), scalar, { maxKeys: 2 }).map((M) => ({ M })),
  fc.constantFrom({ S: 'x', N: '1' }, {}, { SS: [] }, { N: 'one' }, { SS: ['x', 'x'] }, { NULL: false }),
);
const text = fc.constantFrom('x', 'y', 'xy', 'é');
const key = fc.record({ pk: text, sk: text }).map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
const anyKey = fc.oneof(
  { weight: 12, arbitrary: key },
  fc.constantFrom({ pk: { S: 'x' } }, { pk: { N: '1' }, sk: { S: 'x' } }, { pk: { S: '' }, sk: { S: 'x' } }),
);
const item = fc
  .tuple(
    anyKey,
    fc.dictionary(fc.constantFrom('a', 'l', 'm', 'n'), value, { maxKeys: 3 }),
    fc.option(fc.oneof({ weight: 9, arbitrary: text.map((S) => ({ S })) }, fc.constant({ N: '1' }))),
    fc.option(text),
  )
  .map(([keys, rest, g, h]) => ({ ...rest, ...keys, ...(g && { g }), ...(h && { h: { S: h } }) }));

const path = fc.constantFrom('a', 'l', 'm', 'n', 'm.b', 'l[0]', 'l[1]', '#n', '#m.c', 'm.b.c', 'name', '#lost', 'pk');
const operand = fc.oneof(path, fc.constantFrom(':v', ':w', ':lost', 'size(l)', 'size(a)', 'size(#m)'));
const comparison = fc.oneof(
  fc.tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), operand).map((parts) => parts.join(' ')),
  fc.tuple(operand, operand, operand).map(([a, b, c]) => `${a} BETWEEN ${b} AND ${c}`),
  fc.tuple(operand, operand, operand).map(([a, b, c]) => `${a} IN (${b}, ${c})`),
  path.map((each) => `attribute_exists(${each})`),
  path.map((each) => `attribute_not_exists( ${each} )`),
  fc.tuple(path, fc.constantFrom(':type', ':v')).map(([a, b]) => `attribute_type(${a}, ${b})`),
  fc.tuple(path, operand).map(([a, b]) => `begins_with(${a}, ${b})`),
  fc.tuple(path, operand).map(([a, b]) => `contains(${a}, ${b})`),
  fc.constantFrom('Size(a) > :v', 'a', 'a = = :v', '', 'foo(a)', 'a == :v', ':v'),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.tuple(tie('condition'), fc.constantFrom('AND', 'or'), tie('condition')).map((parts) => parts.join(' ')),
    tie('condition').map((each) => `NOT ${each}`),
    tie('condition').map((each) => `(${each})`),
  ),
}));
const action = {
  SET: fc
    .tuple(
      path,
      fc.oneof(
        operand,
        fc.tuple(operand, fc.constantFrom('+', '-'), operand).map((parts) => parts.join(' ')),
        fc.tuple(path, operand).map(([a, b]) => `if_not_exists(${a}, ${b})`),
        fc.tuple(operand, operand).map(([a, b]) => `list_append(${a}, ${b})`),
        fc.constantFrom('a', 'l[0]', '#m.c').map((each) => `if_not_exists(${each}, :one) + :one`),
      ),
    )
    .map((parts) => parts.join(' = ')),
  REMOVE: path,
  ADD: fc.tuple(path, fc.constantFrom(':v', ':one', ':set')).map((parts) => parts.join(' ')),
  DELETE: fc.tuple(path, fc.constantFrom(':v', ':set')).map((parts) => parts.join(' ')),
};
const sections = Object.entries(action).map(([word, each]) =>
  fc.option(
    fc.array(each, { minLength: 1, maxLength: 2 }).map((actions) => `${word} ${actions.join(', ')}`),
    { freq: 2 },
  ),
);
const update = fc.tuple(...sections).map((given) => given.filter((each) => each !== null).join(' '));
const projection = fc.array(path, { minLength: 1, maxLength: 3 }).map((paths) => paths.join(', '));

const known: Record<string, unknown> = { ':one': { N: '1' }, ':set': { SS: ['y', 'z'] }, ':type': { S: 'S' } };

/** With what the expressions need of names and values, and seldom with too much or too little. */
function expressions(given: Record<string, string | null>, v: object, w: object, more: boolean) {
  const parts = Object.fromEntries(Object.entries(given).filter(([, each]) => each !== null));
  const used = Object.values(parts).join(' ');
  const names = Object.entries({ '#n': 'name', '#m': 'm' }).filter(([name]) => more || used.includes(name));
  const values = Object.entries({ ...known, ':v': v, ':w': w }).filter(([name]) => used.includes(name));
  return {
    ...parts,
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
    ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
}
const more = fc.integer({ max: 19, min: 0 }).map((n) => n === 0);
const nullable = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: null });
const returned = fc.constantFrom('NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW');
const onFailure = fc.constantFrom({}, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });

/** Each with its own key: what becomes of two with one key is not documented. */
const insertions = fc.uniqueArray(item, {
  minLength: 1,
  maxLength: 3,
  selector: ({ pk, sk }: { pk: unknown; sk?: unknown }) => JSON.stringify([pk, sk]),
});

const request = fc.oneof(
  insertions.map((items) => ({
    operation: 'BatchExecuteStatement',
    body: {
      Statements: items.map((each) => ({
        Statement: `INSERT INTO "TABLE" VALUE {${Object.keys(each)
          .map((name) => `'${name}':?`)
          .join(',')}}`,
        Parameters: Object.values(each),
      })),
    },
  })),
  {
    weight: 3,
    arbitrary: fc
      .tuple(item, nullable(condition), scalar, scalar, more, onFailure)
      .map(([Item, ConditionExpression, v, w, plus, failing]) => ({
        operation: 'PutItem',
        body: { Item, ReturnValues: 'ALL_OLD', ...failing, ...expressions({ ConditionExpression }, v, w, plus) },
      })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(anyKey, update, nullable(condition), value, value, more, returned, onFailure)
      .map(([Key, UpdateExpression, ConditionExpression, v, w, plus, ReturnValues, failing]) => ({
        operation: 'UpdateItem',
        body: { Key, ReturnValues, ...failing, ...expressions({ UpdateExpression, ConditionExpression }, v, w, plus) },
      })),
  },
  fc.tuple(anyKey, nullable(condition), scalar, scalar, more).map(([Key, ConditionExpression, v, w, plus]) => ({
    operation: 'DeleteItem',
    body: { Key, ReturnValues: 'ALL_OLD', ...expressions({ ConditionExpression }, v, w, plus) },
  })),
  fc.tuple(anyKey, nullable(projection), more).map(([Key, ProjectionExpression, plus]) => ({
    operation: 'GetItem',
    body: { Key, ConsistentRead: true, ...expressions({ ProjectionExpression }, {}, {}, plus) },
  })),
  fc
    .tuple(
      fc.constantFrom(
        'pk = :p',
        'pk = :p AND begins_with(sk, :q)',
        'pk = :p AND sk BETWEEN :q AND :r',
        'sk > :q AND pk = :p',
        'pk = :p AND sk < :q',
        'pk > :p',
        'sk = :q',
        'pk = :p AND a = :q',
        '(pk = :p) AND (sk = :q)',
      ),
      nullable(condition),
      nullable(projection),
      text,
      text,
      text,
      scalar,
      scalar,
      fc.boolean(),
      nullable(fc.integer({ min: 1, max: 3 })),
      nullable(key),
    )
    .map(([where, FilterExpression, ProjectionExpression, p, q, r, v, w, ScanIndexForward, Limit, start]) => {
      const { ExpressionAttributeValues = {}, ...rest } = expressions(
        { FilterExpression, ProjectionExpression },
        v,
        w,
        false,
      );
      const values = {
        ...ExpressionAttributeValues,
        ':p': { S: p },
        ...(where.includes(':q') && { ':q': { S: q } }),
        ...(where.includes(':r') && { ':r': { S: r } }),
      };
      return {
        operation: 'Query',
        body: {
          KeyConditionExpression: where,
          ...rest,
          ExpressionAttributeValues: values,
          ScanIndexForward,
          ...(Limit && { Limit }),
          ...(start &&
            !where.includes(':r') &&
            !where.includes('<') && { ExclusiveStartKey: { ...start, pk: { S: p } } }),
        },
      };
    }),
  fc
    .tuple(fc.constantFrom('g = :p', 'g = :p AND h > :q'), text, text, fc.boolean())
    .map(([where, p, q, ScanIndexForward]) => ({
      operation: 'Query',
      body: {
        IndexName: 'by-g',
        KeyConditionExpression: where,
        ExpressionAttributeValues: { ':p': { S: p }, ...(where.includes(':q') && { ':q': { S: q } }) },
        ScanIndexForward,
      },
    })),
);

describe.skipIf(endpoint === undefined)('AWS’s own DynamoDB Local', () => {
  test('answers any sequence of requests as the DynamoDB of npm start does', async () => {
    const at = endpoint ?? '';
    let tables = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 15 }), async (all) => {
        tables += 1;
        const TableName = `${tablePrefix(import.meta.filename)}${tables}`;
        const database = startDynamoDb({ path: () => undefined });
        database.createTable(TableName, 'arn', properties);
        await askDynamoDb(at, 'CreateTable', { TableName, ...properties, BillingMode: 'PAY_PER_REQUEST' });
        try {
          for (const { operation, body } of all) {
            const asked =
              'Statements' in body
                ? JSON.parse(JSON.stringify(body).replaceAll('TABLE', TableName))
                : { TableName, ...body };
            const ours = await outcome(() => database.execute(operation, asked));
            expect(ours, JSON.stringify({ operation, body })).toEqual(
              await outcome(() => askDynamoDb(at, operation, asked)),
            );
          }
        } finally {
          await askDynamoDb(at, 'DeleteTable', { TableName });
          database.close();
        }
      }),
      // The same requests each time: what DynamoDB Local alone has wrong would be found now and then.
      { numRuns: 500, seed: 20261124 },
    );
    // Whoever asks which tables this file made is to find one.
    await askDynamoDb(at, 'CreateTable', {
      TableName: `${tablePrefix(import.meta.filename)}last`,
      ...properties,
      BillingMode: 'PAY_PER_REQUEST',
    });
  });
});

/** An answer with sets in one order, or the type of a refusal with what it says beside its sentence. */
async function outcome(run: () => unknown): Promise<unknown> {
  try {
    return comparable(await run());
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { refused: error.type.split('#').at(-1), item: comparable(error.details.Item ?? null) };
  }
}

/** Less the sentences, the name of the table, and what a deletion of nothing took, which DynamoDB Local tells although nobody asked. */
const comparable = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer), (name, member) => {
    if (['ConsumedCapacity', 'Message', 'TableName'].includes(name)) return undefined;
    return name === 'SS' || name === 'NS' || name === 'BS' ? member.toSorted() : member;
  });
