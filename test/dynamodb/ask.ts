import { basename } from 'node:path';
import * as z from 'zod';
import { AwsError } from '../../infra/local/aws-error.ts';

/** What the names of the tables of a test file begin with in DynamoDB Local, which all test files share. */
export const tablePrefix = (testFile: string): string => `${basename(testFile)}.`;

const failureSchema = z.looseObject({
  __type: z.string(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/**
 * Asks a DynamoDB that listens at this address.
 *
 * @throws AwsError that is its refusal, with everything that it says beside the message
 */
export async function askDynamoDb(endpoint: string, operation: string, body: unknown): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request',
    },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { __type, message, Message = message, ...details } = failureSchema.parse(answer);
  throw new AwsError(__type, Message ?? '', response.status, details);
}
