import type { FunctionName } from '../alarms/platform-names.ts';
import type { AlarmFault, FaultContext } from './fault.ts';
import {
  dayMs,
  failFunction,
  minuteMs,
  postWebhook,
  putAwsMetric,
  sync,
  until,
  watch,
  workDone,
} from './stack-driver.ts';

/** A message that failed for good, as SQS puts it into a dead-letter queue. */
async function makeDeadLetter({ platform, stack }: FaultContext): Promise<void> {
  await platform.send('webhook-events-dlq', '{"no": "hint"}');
  await workDone(stack);
}

async function leaveDeadLetter(context: FaultContext, minutes: number): Promise<void> {
  await makeDeadLetter(context);
  await context.clock.advance(minutes * minuteMs);
  await watch(context);
}

/** Nobody lets the watcher look. */
async function stopWatching(context: FaultContext, minutes: number): Promise<void> {
  await watch(context);
  context.stack.setSchedule(context.platform.nameOf('watcher'), false);
  await context.clock.advance(minutes * minuteMs);
}

/** The event bus takes nothing for so long. */
async function refuseEvents(context: FaultContext, minutes: number): Promise<void> {
  const { stack, platform, clock, simulator, account } = context;
  context.intercept(({ operation }) =>
    operation === 'PutEvents' ? { status: 500, type: 'InternalException', message: 'The bus is down.' } : undefined,
  );
  simulator.world(account).create('vendors', { name: 'A new vendor' });
  await sync(context, 'vendors', 'full');
  await clock.advance(minutes * minuteMs);
  // The publisher has tried once more.
  const age = {
    namespace: 'AWS/Lambda',
    name: 'IteratorAge',
    dimensions: { FunctionName: platform.nameOf('change-publisher') },
  };
  await until(() => stack.metricData(age).some(({ maximum }) => maximum >= minutes * minuteMs));
}

/** Every webhook takes this long, because SQS does. */
async function slowDownWebhooks(context: FaultContext, ms: number): Promise<void> {
  const { clock } = context;
  // What starts up is slow for another reason.
  const postSome = () => Promise.all(Array.from({ length: 6 }, () => postWebhook(context)));
  await postSome();
  await workDone(context.stack);
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
  context: FaultContext,
  error: { readonly status: number; readonly type: string },
): Promise<void> {
  let isDone = false;
  const stop = context.intercept(({ service, operation }) => {
    if (isDone || service !== 'dynamodb' || operation !== 'UpdateItem') return undefined;
    isDone = true;
    return { ...error, message: 'Not now.' };
  });
  await sync(context, 'portfolios', 'full');
  stop();
}

async function keepSecret(context: FaultContext, days: number): Promise<void> {
  await context.clock.advance(days * dayMs);
  await watch(context);
}

/** So many requests to the HTTP API within a minute, as API Gateway counts them. */
async function floodApi({ platform }: FaultContext, requests: number): Promise<void> {
  const { ApiId = '' } = await platform.outputs();
  const dimensions = { ApiId };
  await putAwsMetric(platform, { namespace: 'AWS/ApiGateway', name: 'Count', value: requests, dimensions });
}

/** What Lambda records of one function, or of all together. */
const putLambdaMetric = ({ platform }: FaultContext, name: string, value: number, of?: FunctionName): Promise<void> =>
  putAwsMetric(platform, {
    namespace: 'AWS/Lambda',
    name,
    value,
    ...(of !== undefined && { dimensions: { FunctionName: platform.nameOf(of) } }),
  });

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
      await workDone(context.stack);
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
    justBelow: (context) => slowDownWebhooks(context, 500),
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
    cause: (context) => failFunction(context, 'business-reporter', 3),
    justBelow: (context) => failFunction(context, 'business-reporter', 2),
  },
  // AWS does these four to us; on this machine nothing does.
  {
    name: 'api-flooded',
    summary: 'Of the 3,000 requests a minute that the HTTP API lets through, 2,401 come.',
    cause: (context) => floodApi(context, 2401),
    justBelow: (context) => floodApi(context, 2400),
  },
  {
    name: 'function-throttles',
    summary: 'Lambda turns an invocation of the receiver away.',
    cause: (context) => putLambdaMetric(context, 'Throttles', 1, 'webhook-receiver'),
    justBelow: (context) => putLambdaMetric(context, 'Throttles', 0, 'webhook-receiver'),
  },
  {
    name: 'concurrency',
    summary: 'Of the 1,000 invocations that the AWS account may run at once, 801 run.',
    cause: (context) => putLambdaMetric(context, 'ConcurrentExecutions', 801),
    justBelow: (context) => putLambdaMetric(context, 'ConcurrentExecutions', 800),
  },
  {
    name: 'recursion-dropped',
    summary: 'Lambda takes a chain of sync jobs for a runaway loop, and drops one.',
    cause: (context) => putLambdaMetric(context, 'RecursiveInvocationsDropped', 1, 'sync-worker'),
    justBelow: (context) => putLambdaMetric(context, 'RecursiveInvocationsDropped', 0, 'sync-worker'),
  },
];
