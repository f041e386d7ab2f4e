import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { type Check, fail, ok, warn } from '../check.ts';

/** What the receiver, the publisher of changes and the functions of schedules need beside the queues' two. */
const neededByOthers = 4;

/** Whether the AWS account lets as many functions run at once as the stage may use. New accounts have 10. */
export const concurrency: Check = {
  name: 'concurrency',
  async run({ platform, settings }) {
    const { AccountLimit: limit } = await platform.lambda.send(new GetAccountSettingsCommand());
    const free = limit?.UnreservedConcurrentExecutions ?? 0;
    const { workerMaximumConcurrency: worker, processorMaximumConcurrency: processor } = settings();
    const queues = worker + processor;
    const found = `of ${free} functions that may run at once the queues use up to ${queues}, which leaves ${Math.max(0, free - queues)} to webhooks and all else`;
    if (free >= queues + neededByOthers) return ok(found);
    const advice =
      'Have Service Quotas > AWS Lambda > Concurrent executions raised (1000 costs nothing), or lower ' +
      `workerMaximumConcurrency (${worker}) or processorMaximumConcurrency (${processor}) in cdk.json and deploy.`;
    return free > queues ? warn(found, advice) : fail(found, advice);
  },
};
