/**
 * How often SQS delivers a message of each queue before it moves it to the dead-letter queue: the queue's redrive policy, and
 * how the function behind it knows that a failure was the last.
 */
export const maxReceiveCounts = { syncJobs: 5, webhookEvents: 5 } as const;
