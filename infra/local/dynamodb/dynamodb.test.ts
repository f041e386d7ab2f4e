import { expect, test } from 'vitest';
import { startDynamoDb } from './dynamodb.ts';

const TableName = 'tokens';
const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/tokens/stream/1';

test('items are removed once their time to live has passed, and the stream says who did', () => {
  using stack = new DisposableStack();
  const database = startDynamoDb({ path: () => undefined });
  stack.defer(() => database.close());
  database.createTable(TableName, arn, {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
  });
  const stream = database.stream(arn);
  stream?.register('reader');
  const now = Math.floor(Date.now() / 1000);
  const items = { old: { N: `${now - 10}` }, young: { N: `${now + 1000}` }, text: { S: 'soon' }, ancient: { N: '1' } };
  for (const [id, expires] of Object.entries(items)) {
    database.execute('PutItem', { TableName, Item: { id: { S: id }, expires } });
  }
  expect(database.removeExpired()).toBe(1);
  const { Items } = database.execute('Scan', { TableName }) as { Items: { id: { S: string } }[] };
  expect(Items.map(({ id }) => id.S).sort()).toEqual(['ancient', 'text', 'young']);
  const records = stream?.read('reader', 10) ?? [];
  expect(records.at(-1)).toMatchObject({
    eventName: 'REMOVE',
    userIdentity: { principalId: 'dynamodb.amazonaws.com' },
    dynamodb: { Keys: { id: { S: 'old' } } },
  });
});
