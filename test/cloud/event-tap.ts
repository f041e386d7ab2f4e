import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { changeEventSource } from '../../shared/events/change-event.ts';
import { type ChangeEvent, changeEventSchema } from '../../shared/events/change-event-schema.ts';

/** Follows the change events as a consumer would: a rule of the bus, with a queue behind it. */
export interface EventTap {
  /** Every event so far, in the order of arrival, doubled ones included. */
  readonly events: readonly ChangeEvent[];
  /** Adds what has come to `events`, up to ten; waits up to a second for the first. */
  receive(): Promise<void>;
  /** Removes the rule and the queue, without which the bus cannot be deleted. */
  remove(): Promise<void>;
}

const targetId = 'tap';
const deliverySchema = z.object({ 'detail-type': z.string(), detail: changeEventSchema });

export async function tapEvents(busName: string, name: string): Promise<EventTap> {
  const events = new EventBridgeClient();
  const sqs = new SQSClient();
  const rule = { EventBusName: busName, Name: name };

  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const queueArn = Attributes?.QueueArn;
  const { RuleArn } = await events.send(
    new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: [changeEventSource] }) }),
  );
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await events.send(
    new PutTargetsCommand({ EventBusName: busName, Rule: name, Targets: [{ Id: targetId, Arn: queueArn }] }),
  );

  const received: ChangeEvent[] = [];
  return {
    events: received,
    async receive() {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      if (Messages.length === 0) return;
      for (const { Body = '' } of Messages) received.push(deliverySchema.parse(JSON.parse(Body)).detail);
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    },
    async remove() {
      await events.send(new RemoveTargetsCommand({ EventBusName: busName, Rule: name, Ids: [targetId] }));
      await events.send(new DeleteRuleCommand(rule));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      events.destroy();
      sqs.destroy();
    },
  };
}
