/** A message of a work queue that has failed so often is a dead letter: its function sends it there itself. */
export const maxFailures = 5;

/**
 * How often SQS delivers a message of a work queue before it moves it to the dead-letter queue: for what the functions cannot
 * count, which is a function that dies before it could. SQS counts each receive, also where Lambda turned the function away
 * (throttling) or a job was early and put back, and neither may make a dead letter.
 */
export const maxReceiveCount = 20;
