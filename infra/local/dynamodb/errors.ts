import { AwsError } from '../aws-error.ts';

const service = 'com.amazonaws.dynamodb.v20120810';

/** A request that DynamoDB would not carry out whatever is stored. */
export const invalid = (message: string): AwsError =>
  new AwsError('com.amazon.coral.validate#ValidationException', message);

/** @param item what is stored, where the request asked for it */
export const conditionFailed = (item: object | undefined): AwsError =>
  new AwsError(
    `${service}#ConditionalCheckFailedException`,
    'The conditional request failed',
    400,
    item === undefined ? {} : { Item: item },
  );

export const noSuchTable = (): AwsError =>
  new AwsError(`${service}#ResourceNotFoundException`, 'Requested resource not found');
