import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import { type AttributeMap, readMap } from './attribute-value.ts';
import { type Condition, readCondition } from './condition.ts';
import {
  type ExpressionKind,
  type ExpressionReader,
  expressionReader,
  type Path,
  readPlaceholders,
} from './expression-reader.ts';
import { readProjection } from './projection.ts';
import { readUpdate, type Update } from './update.ts';

const item = z.record(z.string(), z.unknown()).transform((given): AttributeMap => readMap(given));
const placeholders = {
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  ExpressionAttributeValues: z.record(z.string(), z.unknown()).optional(),
};
const common = { TableName: z.string(), ReturnConsumedCapacity: z.enum(['NONE', 'TOTAL']).optional() };
const writing = {
  ...common,
  ...placeholders,
  ConditionExpression: z.string().optional(),
  ReturnValuesOnConditionCheckFailure: z.enum(['NONE', 'ALL_OLD']).optional(),
};
const reading = {
  ...common,
  ...placeholders,
  FilterExpression: z.string().optional(),
  ProjectionExpression: z.string().optional(),
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().optional(),
  Limit: z.int().min(1).optional(),
  ExclusiveStartKey: item.optional(),
  Select: z.enum(['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES', 'COUNT']).optional(),
};
const keys = z.strictObject({
  Keys: z.array(item).min(1),
  ConsistentRead: z.boolean().optional(),
  ProjectionExpression: z.string().optional(),
  ExpressionAttributeNames: placeholders.ExpressionAttributeNames,
});
const write = z.union([
  z.strictObject({ PutRequest: z.strictObject({ Item: item }) }),
  z.strictObject({ DeleteRequest: z.strictObject({ Key: item }) }),
]);

/** What each operation may be asked, as far as this platform asks it. */
export const requests = {
  DescribeTable: z.strictObject({ TableName: z.string() }),
  GetItem: z.strictObject({
    ...common,
    Key: item,
    ConsistentRead: z.boolean().optional(),
    ProjectionExpression: z.string().optional(),
    ExpressionAttributeNames: placeholders.ExpressionAttributeNames,
  }),
  PutItem: z.strictObject({ ...writing, Item: item, ReturnValues: z.enum(['NONE', 'ALL_OLD']).optional() }),
  DeleteItem: z.strictObject({ ...writing, Key: item, ReturnValues: z.enum(['NONE', 'ALL_OLD']).optional() }),
  UpdateItem: z.strictObject({
    ...writing,
    Key: item,
    UpdateExpression: z.string().optional(),
    ReturnValues: z.enum(['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW']).optional(),
  }),
  Query: z.strictObject({ ...reading, KeyConditionExpression: z.string(), ScanIndexForward: z.boolean().optional() }),
  Scan: z.strictObject(reading),
  BatchGetItem: z.strictObject({
    RequestItems: z.record(z.string(), keys),
    ReturnConsumedCapacity: common.ReturnConsumedCapacity,
  }),
  BatchExecuteStatement: z.strictObject({
    Statements: z.array(z.strictObject({ Statement: z.string(), Parameters: z.array(z.unknown()).optional() })).min(1),
    ReturnConsumedCapacity: common.ReturnConsumedCapacity,
  }),
  BatchWriteItem: z.strictObject({
    RequestItems: z.record(z.string(), z.array(write).min(1)),
    ReturnConsumedCapacity: common.ReturnConsumedCapacity,
  }),
};

export type OperationName = keyof typeof requests;
export type Request<Name extends OperationName> = z.infer<(typeof requests)[Name]>;

/** @throws AwsError for members that DynamoDB has not, and for those that are not known here */
export function readRequest<Name extends OperationName>(name: Name, body: unknown): Request<Name>;
export function readRequest(name: OperationName, body: unknown) {
  const read = requests[name].safeParse(body);
  if (read.success) return read.data;
  throw new AwsError('SerializationException', `The local DynamoDB's ${name}: ${z.prettifyError(read.error)}`);
}

interface GivenExpressions extends Partial<Record<ExpressionKind, string | undefined>> {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

export interface Expressions {
  readonly condition: Condition | undefined;
  readonly filter: Condition | undefined;
  readonly keyCondition: Condition | undefined;
  readonly projection: readonly Path[] | undefined;
  readonly update: Update | undefined;
}

/** Reads all expressions of a request. @throws AwsError for what DynamoDB would not understand */
export function readExpressions(given: GivenExpressions): Expressions {
  const kinds = [
    'KeyConditionExpression',
    'FilterExpression',
    'ConditionExpression',
    'ProjectionExpression',
    'UpdateExpression',
  ] as const;
  const hasAny = kinds.some((kind) => given[kind] !== undefined);
  const named = readPlaceholders(given.ExpressionAttributeNames, given.ExpressionAttributeValues, hasAny);
  const read = <T>(kind: ExpressionKind, how: (reader: ExpressionReader) => T): T | undefined => {
    const text = given[kind];
    return text === undefined ? undefined : how(expressionReader(text, kind, named));
  };
  const whole = (reader: ExpressionReader): Condition => {
    const condition = readCondition(reader);
    reader.end();
    return condition;
  };
  const expressions = {
    keyCondition: read('KeyConditionExpression', whole),
    filter: read('FilterExpression', whole),
    condition: read('ConditionExpression', whole),
    projection: read('ProjectionExpression', readProjection),
    update: read('UpdateExpression', readUpdate),
  };
  named.assertUsed();
  return expressions;
}
