import type { Context, SQSRecord } from 'aws-lambda';

/** What Lambda hands to a handler beside the event. */
export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'aictive-dev-sync-worker',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:aictive-dev-sync-worker',
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  logGroupName: '/aws/lambda/aictive-dev-sync-worker',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 300_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

/**
 * A message as Lambda hands it over.
 *
 * @param content its body, or what is written into it as JSON
 */
export const sqsRecord = (
  content: unknown,
  { messageId = crypto.randomUUID() as string, receives = 1, sentAt = 0, queue = 'a-queue', group = '' } = {},
): SQSRecord => ({
  messageId,
  receiptHandle: `handle of ${messageId}`,
  body: typeof content === 'string' ? content : JSON.stringify(content),
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: String(sentAt),
    SenderId: 'x',
    ApproximateFirstReceiveTimestamp: '0',
    ...(group !== '' && { MessageGroupId: group }),
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:eu-west-1:000000000000:${queue}`,
  awsRegion: 'eu-west-1',
});
