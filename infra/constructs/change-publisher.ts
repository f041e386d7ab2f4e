import { Duration } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { queueNames } from '../alarms/platform-names.ts';
import type { Settings } from '../settings.ts';
import { PlatformFunction } from './platform-function.ts';
import { deadLetterQueue, type NamedQueue } from './queues.ts';
import type { Tables } from './tables.ts';

export const publisherId = 'ChangePublisher';

/**
 * From the records table's stream to the event bus.
 *
 * @returns the queue for events that can never be published
 */
export function addChangePublisher(scope: Construct, settings: Settings, tables: Tables, bus: EventBus): NamedQueue {
  const deadLetters = deadLetterQueue(scope, 'ChangeEventsDeadLetters', {
    settings,
    name: queueNames.changeEventsDeadLetters,
  });
  const publisher = new PlatformFunction(scope, publisherId, {
    name: 'change-publisher',
    description: 'Turns committed changes of records into events on the bus',
    settings,
    timeout: Duration.seconds(60),
    memorySize: 256,
    environment: { EVENT_BUS_NAME: bus.eventBusName },
  });
  publisher.allow(['events:PutEvents'], [bus.eventBusArn]);
  publisher.bindQueue('CHANGE_EVENTS_DLQ_URL', deadLetters.queue);
  publisher.function.addEventSourceMapping('Records', {
    eventSourceArn: tables.recordsStreamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    reportBatchItemFailures: true,
    // For as long as it takes. The function itself dead-letters what can never be published: a failure destination
    // would get only a pointer into the stream, which ends after a day.
    retryAttempts: -1,
    bisectBatchOnError: false,
  });
  tables.allowStreamRead(publisher);
  return deadLetters;
}
