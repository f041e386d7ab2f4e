/*
 * What AWS takes at most, as its documentation had it in November 2026. Where it says MB, the smaller reading counts.
 */

/**
 * One entry of EventBridge's PutEvents: 1 MB since January 2026, 256 KB before.
 *
 * @see https://aws.amazon.com/blogs/compute/more-room-to-build-serverless-services-now-support-payloads-up-to-1-mb
 */
export const maxEventBytes = 1_000_000;

/**
 * All entries of one PutEvents that has several. The documentation names no sum since the entries may be larger; a call that is
 * refused as a whole would hold the stream up, and one that is smaller costs nothing.
 */
export const maxEventsBytes = 256 * 1024;
export const maxEventsPerCall = 10;

/**
 * One SQS message with its attributes, since August 2025; so much a batch of Lambda's may have too.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const maxMessageBytes = 1024 * 1024;
