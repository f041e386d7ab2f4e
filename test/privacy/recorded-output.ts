import { mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Intercept, ServiceRequest } from '../../infra/local/intercept.ts';
import type { LocalStackOptions } from '../../infra/local/start.ts';

/** How the kinds of files end: what functions print, what they have AWS keep or tell, what they answer over HTTP. */
export const endings = { printed: '.printed.jsonl', stored: '.stored.jsonl', answered: '.answered.jsonl' } as const;

/** Requests that make something last, or tell it. Reads are not output, nor are secrets that a test puts. */
const storing: Partial<Record<ServiceRequest['service'], readonly string[]>> = {
  dynamodb: ['PutItem', 'UpdateItem', 'BatchWriteItem', 'BatchExecuteStatement'],
  sqs: ['SendMessage', 'SendMessageBatch'],
  events: ['PutEvents'],
};

/** How tests mark what they themselves ask of DynamoDB; no function asks for it. */
const isOfTest = ({ body }: ServiceRequest): boolean => body.ReturnConsumedCapacity === 'NONE';

/**
 * The same options, with everything that the stack's functions print, store, queue and publish written to two files as
 * well, a line each. Every attempt counts: what the service refused has left the function all the same.
 *
 * @param directory created if needed
 * @param name what the files' names begin with
 */
export function recordingOutput(options: LocalStackOptions, directory: string, name: string): LocalStackOptions {
  mkdirSync(directory, { recursive: true });
  const printed = openSync(join(directory, name + endings.printed), 'a');
  const stored = openSync(join(directory, name + endings.stored), 'a');
  const intercept: Intercept = (request) => {
    const { service, operation, body } = request;
    if (storing[service]?.includes(operation) && !isOfTest(request)) {
      writeSync(stored, `${service} ${operation} ${JSON.stringify(body)}\n`);
    }
    return options.intercept?.(request);
  };
  return {
    ...options,
    intercept,
    onLog(line) {
      writeSync(printed, `${line.functionName} ${line.text}\n`);
      options.onLog?.(line);
    },
  };
}
