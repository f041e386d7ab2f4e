import { AwsError } from '../aws-error.ts';
import { readValue } from './attribute-value.ts';
import { consumed } from './capacity.ts';
import type { Database } from './database.ts';
import { invalid } from './errors.ts';
import type { FindTable } from './reads.ts';
import type { Request } from './request.ts';
import { keyOfItem } from './table.ts';

const maxStatements = 25;
/** The one kind of statement that is known here: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html */
const insertion = /^INSERT INTO "([\w.-]+)" VALUE \{((?:'\w+':\?,)*'\w+':\?)\}$/;

/** Each statement by itself: one that fails leaves the others as they are, and says so in its place of the answer. */
export function batchExecuteStatement(database: Database, find: FindTable, request: Request<'BatchExecuteStatement'>) {
  if (request.Statements.length > maxStatements) {
    throw invalid('Member must have length less than or equal to 25');
  }
  const units = new Map<string, number>();
  // A value that none can be is wrong of the whole request.
  const statements = request.Statements.map(({ Statement, Parameters = [] }) => ({
    Statement,
    Parameters: Parameters.map((value) => readValue(value)),
  }));
  const insert = ({ Statement, Parameters }: (typeof statements)[number]) => {
    const [, TableName = '', members = ''] = insertion.exec(Statement) ?? [];
    if (TableName === '') throw invalid(`The local DynamoDB knows no statement such as ${Statement}`);
    const table = find(TableName);
    const names = members.split(',').map((member) => member.slice(1, -3));
    if (names.length !== Parameters.length) throw invalid('Number of parameters in request and statement don’t match.');
    const item = Object.fromEntries(names.flatMap((name, at) => (Parameters[at] ? [[name, Parameters[at]]] : [])));
    const key = keyOfItem(table.definition, item);
    const taken = database.atomically(() => {
      if (table.get(key)) return undefined;
      return table.replace(key, undefined, item);
    });
    units.set(TableName, (units.get(TableName) ?? 0) + (taken ?? 1));
    return taken === undefined
      ? { TableName, Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' } }
      : { TableName };
  };
  const Responses = statements.map((statement) => {
    try {
      return insert(statement);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const code = error.type.split('#').at(-1)?.replace('ValidationException', 'ValidationError');
      return {
        Error: { Code: code?.replace('ResourceNotFoundException', 'ResourceNotFound'), Message: error.message },
      };
    }
  });
  const ConsumedCapacity = [...units].flatMap(
    ([name, taken]) => consumed(request.ReturnConsumedCapacity, name, taken).ConsumedCapacity ?? [],
  );
  return { Responses, ...(ConsumedCapacity.length > 0 && { ConsumedCapacity }) };
}
