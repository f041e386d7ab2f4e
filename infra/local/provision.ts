import * as z from 'zod';
import type { Resource } from './cloudformation/stack-model.ts';
import { type LocalDynamoDb, tablePropertiesSchema } from './dynamodb/dynamodb.ts';
import { generateSchema, generateSecretString, type LocalSecrets } from './secrets/secrets.ts';
import type { LocalQueues } from './sqs/queues.ts';

const queueSchema = z.looseObject({ QueueName: z.string().optional(), RedrivePolicy: z.unknown().optional() });
const queueAttributes = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
];
const secretSchema = z.looseObject({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generateSchema.optional(),
});
const subscriptionSchema = z.looseObject({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string().optional(),
  RawMessageDelivery: z.union([z.boolean(), z.stringbool()]).default(false),
  FilterPolicy: z.unknown().optional(),
  FilterPolicyScope: z.string().optional(),
});
function attributesOf(resource: Resource): Record<string, string> {
  const properties = resource.properties(queueSchema);
  const attributes: Record<string, string> = {};
  for (const name of queueAttributes) {
    if (properties[name] !== undefined) attributes[name] = String(properties[name]);
  }
  attributes.RedrivePolicy = properties.RedrivePolicy ? JSON.stringify(properties.RedrivePolicy) : '';
  return attributes;
}

/**
 * Creates what keeps state: tables, queues, topics and secrets. What an earlier run left is taken over, with the
 * template's settings.
 *
 * @throws ConfigurationError when a table is there with other keys or indexes
 */
export async function provisionStorage(
  resources: readonly Resource[],
  world: { dynamodb: LocalDynamoDb; queues: LocalQueues; secrets: LocalSecrets; region: string },
): Promise<void> {
  const { dynamodb, queues, secrets, region } = world;
  const ofType = (...types: string[]): Resource[] => resources.filter((each) => types.includes(each.type));
  for (const table of ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')) {
    await dynamodb.createTable(table.physicalId, table.attribute('StreamArn'), table.properties(tablePropertiesSchema));
  }
  for (const queue of ofType('AWS::SQS::Queue')) {
    queues.createQueue(queue.attribute('QueueName'), queue.attribute('Arn'), queue.physicalId, attributesOf(queue));
  }
  for (const topic of ofType('AWS::SNS::Topic')) queues.createTopic(topic.attribute('TopicName'), region);
  for (const resource of ofType('AWS::SNS::Subscription')) {
    // Mail, chat and pagers are for people who look after a deployed stack; their addresses may be in a secret there.
    if (resource.property('Protocol') !== 'sqs') continue;
    const subscription = resource.properties(subscriptionSchema);
    queues.subscribe(subscription.TopicArn, subscription.Endpoint ?? '', {
      RawMessageDelivery: String(subscription.RawMessageDelivery),
      ...(subscription.FilterPolicy ? { FilterPolicy: JSON.stringify(subscription.FilterPolicy) } : {}),
      ...(subscription.FilterPolicyScope ? { FilterPolicyScope: subscription.FilterPolicyScope } : {}),
    });
  }

  for (const resource of ofType('AWS::SecretsManager::Secret')) {
    const secret = resource.properties(secretSchema);
    const generate = secret.GenerateSecretString ?? generateSchema.parse({});
    secrets.ensure(resource.attribute('Name'), () => secret.SecretString ?? generateSecretString(generate));
  }
}
