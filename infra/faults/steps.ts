import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { signedBodyDelivery } from '../../shared/webhook/signed-delivery.ts';
import type { LocalStack } from '../local/start.ts';
import type { FaultContext } from './fault.ts';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

const clientConfig = ({ endpoint, region }: LocalStack) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** By the name of the core stack: `aictive-dev-core`. */
export const stageOf = ({ outputs }: LocalStack): string =>
  Object.keys(outputs)
    .find((stack) => stack.endsWith('-core'))
    ?.slice('aictive-'.length, -'-core'.length) ?? '';

/** The physical name of a function, queue or schedule of the stage. */
export const nameOf = (stack: LocalStack, name: string): string => `aictive-${stageOf(stack)}-${name}`;

async function invokeNow(stack: LocalStack, name: string, clock: FaultContext['clock']): Promise<void> {
  const { error } = await stack.invoke(nameOf(stack, name), { scheduledAt: clock.now().toISOString() });
  if (error !== undefined) throw new Error(`The ${name} failed: ${error.errorMessage}`);
}

/** Lets the watcher look, as its schedule does every minute. */
export async function watch({ stack, clock }: FaultContext): Promise<void> {
  await invokeNow(stack, 'watcher', clock);
}

/** Longest wait for work that is under way; a stack that somebody uses is never quite idle. */
const settleMs = 20_000;

export async function settled(stack: LocalStack): Promise<void> {
  await Promise.race([stack.idle(), delay(settleMs, undefined, { ref: false })]);
}

/** Lets the business figures be computed, as their schedule does a few times a day. */
export async function reportBusiness({ stack, clock }: FaultContext): Promise<void> {
  await invokeNow(stack, 'business-reporter', clock);
}

const lookEveryMs = 100;
const patienceMs = 30_000;

/** @throws Error when it has not become true within 30 seconds */
export async function until(isTrue: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!isTrue()) {
    if (performance.now() > giveUpAt) throw new Error('What the fault waits for has not come about.');
    await delay(lookEveryMs);
  }
}

/** Turns the clock minute by minute, the watcher looking each time. */
export async function passMinutes(context: FaultContext, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    await context.clock.advance(minuteMs);
    await watch(context);
  }
}

/** Queues a message as AWS would. */
export async function sendMessage(stack: LocalStack, queueName: string, body: string): Promise<void> {
  const sqs = new SQSClient(clientConfig(stack));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: `${stack.endpoint}/${stack.accountId}/${nameOf(stack, queueName)}`,
      MessageBody: body,
      ...(queueName.endsWith('.fifo') && { MessageGroupId: 'fault', MessageDeduplicationId: randomUUID() }),
    }),
  );
  sqs.destroy();
}

/** Records a metric that AWS itself records, and that nothing on this machine brings about. */
export async function putAwsMetric(
  stack: LocalStack,
  metric: { readonly name: string; readonly value: number; readonly functionName?: string },
): Promise<void> {
  const cloudwatch = new CloudWatchClient(clientConfig(stack));
  const apiId = stack.outputs[nameOf(stack, 'core')]?.ApiId;
  const ofApi = metric.name === 'Count';
  const Dimensions = ofApi
    ? [{ Name: 'ApiId', Value: apiId }]
    : metric.functionName === undefined
      ? []
      : [{ Name: 'FunctionName', Value: nameOf(stack, metric.functionName) }];
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: ofApi ? 'AWS/ApiGateway' : 'AWS/Lambda',
      MetricData: [{ MetricName: metric.name, Value: metric.value, Dimensions }],
    }),
  );
  cloudwatch.destroy();
}

/** Makes one more company an account. */
export async function addAccount({ stack, simulator }: FaultContext, name: string): Promise<void> {
  simulator.addAccount({ name });
  const { accessKey, secret } = simulator.authentication(name).credentials;
  const secrets = new SecretsManagerClient(clientConfig(stack));
  await secrets.send(
    new CreateSecretCommand({
      Name: `aictive/${stageOf(stack)}/rentvine/${name}`,
      SecretString: JSON.stringify({
        auth: { scheme: 'basic', accessKey, secret },
        baseUrl: simulator.baseUrl(name),
      }),
    }),
  );
  secrets.destroy();
}

/** A webhook about the first lease, signed with the account's key or with another; answers the status. */
export async function postWebhook(
  { stack, account, signingKey, clock }: FaultContext,
  { key = signingKey, eventType = 'leaseUpdated' }: { readonly key?: string; readonly eventType?: string } = {},
): Promise<number> {
  const { headers, body } = signedBodyDelivery({
    signingKey: key,
    recipe: webhookRecipeSchema.parse({}),
    token: randomUUID(),
    sentAt: clock.now(),
    event: { eventType, objectID: '1' },
  });
  const response = await fetch(`${stack.apiUrl}/webhooks/rentvine/${account}`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}
