import { adjustAssembly } from './adjusted-assembly.ts';

/** Seconds. A queue's time-out stays longer than its function's, as the template has it. */
const functionTimeouts: Readonly<Record<string, number>> = {
  'aictive-dev-sync-worker': 20,
  'aictive-dev-webhook-processor': 15,
};
const visibilityTimeouts: Readonly<Record<string, number>> = {
  'aictive-dev-sync-jobs.fifo': 21,
  'aictive-dev-webhook-events': 16,
};

/**
 * Copies the assembly with shorter time-outs: what a killed function had in hand comes back after seconds instead of
 * minutes, so that a run of minutes sees many deaths and what follows from them.
 *
 * @throws Error when the stack has not all of these functions and queues
 */
export function shortenTimes(from: string, to: string): void {
  const count = adjustAssembly(from, to, (type, { FunctionName, QueueName }) => {
    const timeout = type === 'AWS::Lambda::Function' ? functionTimeouts[String(FunctionName)] : undefined;
    if (timeout !== undefined) return { Timeout: timeout };
    const visibility = type === 'AWS::SQS::Queue' ? visibilityTimeouts[String(QueueName)] : undefined;
    return visibility === undefined ? undefined : { VisibilityTimeout: visibility };
  });
  const expected = Object.keys(functionTimeouts).length + Object.keys(visibilityTimeouts).length;
  if (count !== expected)
    throw new Error(`The stack has ${count} of the ${expected} functions and queues with a time.`);
}
