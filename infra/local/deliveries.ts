import type { Clock } from './clock/clock.ts';
import type { Resource } from './cloudformation/stack-model.ts';
import { type BusEvent, type EventBuses, startEventBuses } from './eventbridge/event-bus.ts';
import { type Destinations, readRule, readSchedule } from './eventbridge/routing.ts';
import { createScheduler, type Scheduler } from './scheduler/scheduler.ts';

/** Starts the event buses with their rules, and prepares the schedules. */
export function startDeliveries(
  resources: readonly Resource[],
  options: {
    destinations: Destinations;
    clock: Clock;
    /** File that keeps which schedule fired when. */
    schedulesPath: string | undefined;
    region: string;
    accountId: string;
    onEvent(event: BusEvent & { readonly bus: string }): void;
  },
): { readonly buses: EventBuses; readonly scheduler: Scheduler } {
  const { destinations, clock, region, accountId, onEvent } = options;
  const ofType = (type: string): Resource[] => resources.filter((resource) => resource.type === type);
  const buses = startEventBuses({ region, accountId, onEvent });
  for (const bus of ofType('AWS::Events::EventBus')) buses.createBus(bus.physicalId);
  for (const resource of ofType('AWS::Events::Rule')) {
    const rule = readRule(resource, destinations);
    if (rule) buses.addRule(rule);
  }
  const scheduler = createScheduler({ path: options.schedulesPath, clock });
  for (const resource of ofType('AWS::Scheduler::Schedule')) scheduler.add(readSchedule(resource, destinations));
  return { buses, scheduler };
}
