import * as z from 'zod';
import { AwsError } from '../../infra/local/aws-error.ts';
import type { LocalDynamoDb } from '../../infra/local/dynamodb/dynamodb.ts';
import type { DatabaseCounts } from './processes/protocol.ts';

const consumed = z.object({ CapacityUnits: z.number() });
const answerSchema = z.looseObject({ ConsumedCapacity: consumed.or(z.array(consumed)).optional() });
const bodySchema = z.looseObject({
  TableName: z.string().optional(),
  Statements: z.array(z.unknown()).optional(),
});

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'BatchExecuteStatement']);
const counted = new Set([...writes, 'GetItem', 'BatchGetItem', 'Query', 'Scan']);

/** A database that counts what is asked of it, in the units in which DynamoDB bills. */
export interface CountingDatabase {
  execute(operation: string, body: Record<string, unknown>): Promise<unknown>;
  counts(): DatabaseCounts;
  forget(): void;
}

/**
 * Counts read and write units in front of the local database. It computes an operation's units itself, from the sizes of
 * items as DynamoDB documents it, except that a refused conditional write costs what the write would have (1 unit, for the
 * small items that conditions guard).
 */
export function countingDatabase(database: LocalDynamoDb): CountingDatabase {
  let counts = empty();
  const add = (operation: string, units: number): void => {
    if (writes.has(operation)) counts.writeUnits += units;
    else counts.readUnits += units;
  };
  return {
    async execute(operation, body) {
      if (!counted.has(operation)) return database.execute(operation, body);
      const { TableName: table, Statements: statements } = bodySchema.parse(body);
      counts.calls += 1;
      try {
        const answer = await database.execute(operation, { ...body, ReturnConsumedCapacity: 'TOTAL' });
        const { ConsumedCapacity: capacity = [], ...rest } = answerSchema.parse(answer);
        for (const { CapacityUnits } of [capacity].flat()) add(operation, CapacityUnits);
        if (writes.has(operation) && table?.endsWith('-records')) counts.recordWrites += 1;
        // Statements make records, and nothing else.
        counts.recordWrites += statements?.length ?? 0;
        return rest;
      } catch (error) {
        if (error instanceof AwsError && error.type.endsWith('ConditionalCheckFailedException')) add(operation, 1);
        throw error;
      }
    },
    counts: () => counts,
    forget() {
      counts = empty();
    },
  };
}

const empty = (): DatabaseCounts => ({ calls: 0, recordWrites: 0, readUnits: 0, writeUnits: 0 });
