import type { AlarmFault, FaultContext } from './fault.ts';
import { dayMs, minuteMs, nameOf, postWebhook, putAwsMetric, sendMessage, settled, until, watch } from './steps.ts';

/** A message that failed for good, as SQS puts it into a dead-letter queue. */
async function makeDeadLetter({ stack }: FaultContext): Promise<void> {
  await sendMessage(stack, 'webhook-events-dlq', '{"no": "hint"}');
  await settled(stack);
}

async function leaveDeadLetter(context: FaultContext, minutes: number): Promise<void> {
  await makeDeadLetter(context);
  await context.clock.advance(minutes * minuteMs);
  await watch(context);
}

/** Nobody lets the watcher look. */
async function stopWatching(context: FaultContext, minutes: number): Promise<void> {
  await watch(context);
  context.stack.setSchedule(nameOf(context.stack, 'watcher'), false);
  await context.clock.advance(minutes * minuteMs);
}

/** The event bus takes nothing for so long. */
async function refuseEvents(context: FaultContext, minutes: number): Promise<void> {
  const { stack, clock, sync, simulator, account } = context;
  context.intercept(({ operation }) =>
    operation === 'PutEvents' ? { status: 500, type: 'InternalException', message: 'The bus is down.' } : undefined,
  );
  simulator.world(account).create('vendors', { name: 'A new vendor' });
  await sync('vendors', 'full');
  await clock.advance(minutes * minuteMs);
  // The publisher has tried once more.
  const age = {
    namespace: 'AWS/Lambda',
    name: 'IteratorAge',
    dimensions: { FunctionName: nameOf(stack, 'change-publisher') },
  };
  await until(() => stack.metricData(age).some(({ maximum }) => maximum >= minutes * minuteMs));
}

/** Every webhook takes this long, because SQS does. */
async function slowDownWebhooks(context: FaultContext, ms: number): Promise<void> {
  const { clock } = context;
  // What starts up is slow for another reason.
  const postSome = () => Promise.all(Array.from({ length: 6 }, () => postWebhook(context)));
  await postSome();
  await settled(context.stack);
  await clock.advance(6 * minuteMs);
  const stop = context.intercept(async ({ operation }) => {
    if (operation === 'SendMessage') await new Promise((done) => setTimeout(done, ms));
    return undefined;
  });
  for (let round = 0; round < 5; round++) await postSome();
  stop();
}

/** So many webhooks come that somebody else signed. */
async function forgeWebhooks(context: FaultContext, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) await postWebhook(context, { key: 'fake-key-of-somebody-else' });
}

/** DynamoDB turns the first write of a run away, with this error. */
async function refuseWrite(
  { intercept, sync }: FaultContext,
  error: { readonly status: number; readonly type: string },
): Promise<void> {
  let isDone = false;
  const stop = intercept(({ service, operation }) => {
    if (isDone || service !== 'dynamodb' || operation !== 'UpdateItem') return undefined;
    isDone = true;
    return { ...error, message: 'Not now.' };
  });
  await sync('portfolios', 'full');
  stop();
}

/** An event that is none. */
async function failReporter({ stack }: FaultContext, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await stack.invoke(nameOf(stack, 'business-reporter'), {});
}

async function keepSecret(context: FaultContext, days: number): Promise<void> {
  await context.clock.advance(days * dayMs);
  await watch(context);
}

/** What the platform itself, AWS and the senders of webhooks do. */
export const platformFaults: readonly AlarmFault[] = [
  {
    name: 'dead-letter-unhandled',
    summary: 'A message failed for good, and an hour later nobody has looked at it.',
    cause: (context) => leaveDeadLetter(context, 61),
    justBelow: (context) => leaveDeadLetter(context, 58),
  },
  {
    name: 'new-dead-letter',
    summary: 'A message failed for good.',
    cause: makeDeadLetter,
    // It is not known, and is told of without failing.
    async justBelow(context) {
      await postWebhook(context, { eventType: 'nobodyKnowsThis' });
      await settled(context.stack);
    },
  },
  {
    name: 'monitoring-blind',
    summary: 'The watcher is switched off, and nobody notices for ten minutes.',
    cause: (context) => stopWatching(context, 16),
    justBelow: (context) => stopWatching(context, 4),
  },
  {
    name: 'change-events-late',
    summary: 'The event bus takes nothing for more than an hour.',
    cause: (context) => refuseEvents(context, 61),
    justBelow: (context) => refuseEvents(context, 58),
  },
  {
    name: 'api-latency',
    summary: 'Queueing a webhook takes more than two seconds.',
    cause: (context) => slowDownWebhooks(context, 2_100),
    justBelow: (context) => slowDownWebhooks(context, 1_000),
  },
  {
    name: 'signature-failures',
    summary: 'Somebody sends 21 webhooks without knowing the key.',
    cause: (context) => forgeWebhooks(context, 21),
    justBelow: (context) => forgeWebhooks(context, 20),
  },
  {
    name: 'table-throttles',
    summary: 'DynamoDB turns a write away.',
    cause: (context) => refuseWrite(context, { status: 400, type: 'ProvisionedThroughputExceededException' }),
    justBelow: (context) => refuseWrite(context, { status: 500, type: 'InternalServerError' }),
  },
  {
    name: 'secret-rotation',
    summary: "An account's secret has had the same value for 91 days.",
    cause: (context) => keepSecret(context, 91),
    justBelow: (context) => keepSecret(context, 89),
  },
  {
    name: 'business-report-failing',
    summary: 'The business reporter fails three times.',
    cause: (context) => failReporter(context, 3),
    justBelow: (context) => failReporter(context, 2),
  },
  // AWS does these four to us; on this machine nothing does.
  {
    name: 'api-flooded',
    summary: 'Of the 3,000 requests a minute that the HTTP API lets through, 2,401 come.',
    cause: ({ stack }) => putAwsMetric(stack, { name: 'Count', value: 2401 }),
    justBelow: ({ stack }) => putAwsMetric(stack, { name: 'Count', value: 2400 }),
  },
  {
    name: 'function-throttles',
    summary: 'Lambda turns an invocation of the receiver away.',
    cause: ({ stack }) => putAwsMetric(stack, { name: 'Throttles', value: 1, functionName: 'webhook-receiver' }),
    justBelow: ({ stack }) => putAwsMetric(stack, { name: 'Throttles', value: 0, functionName: 'webhook-receiver' }),
  },
  {
    name: 'concurrency',
    summary: 'Of the 1,000 invocations that the AWS account may run at once, 801 run.',
    cause: ({ stack }) => putAwsMetric(stack, { name: 'ConcurrentExecutions', value: 801 }),
    justBelow: ({ stack }) => putAwsMetric(stack, { name: 'ConcurrentExecutions', value: 800 }),
  },
  {
    name: 'recursion-dropped',
    summary: 'Lambda takes a chain of sync jobs for a runaway loop, and drops one.',
    cause: ({ stack }) =>
      putAwsMetric(stack, { name: 'RecursiveInvocationsDropped', value: 1, functionName: 'sync-worker' }),
    justBelow: ({ stack }) =>
      putAwsMetric(stack, { name: 'RecursiveInvocationsDropped', value: 0, functionName: 'sync-worker' }),
  },
];
