import type { Resource } from '../cloudformation/stack-model.ts';
import { functionOfMapping, startEventSource } from './event-sources.ts';
import type { EventSource } from './queue-mapping.ts';

/** All event source mappings of the templates. */
export interface Mappings {
  /** Whether none of them has work, in flight included. */
  idle(): boolean;
  /**
   * Switches the mappings of one function on or off, as `UpdateEventSourceMapping` does; resolves when what was running
   * has ended.
   */
  setEnabled(functionArn: string, enabled: boolean): Promise<void>;
  /** Stops taking new work at once; resolves when what was running has ended. */
  stop(): Promise<void>;
}

type World = Parameters<typeof startEventSource>[1];

/** @throws ConfigurationError for a mapping that is not supported */
export async function startMappings(resources: readonly Resource[], world: World): Promise<Mappings> {
  const mappings = resources.filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping');
  const running = new Map<Resource, EventSource>();
  const start = async (resource: Resource): Promise<void> => {
    const source = await startEventSource(resource, world);
    if (source) running.set(resource, source);
  };
  for (const resource of mappings) await start(resource);

  return {
    idle: () => [...running.values()].every((source) => source.idle()),
    async setEnabled(functionArn, enabled) {
      for (const resource of mappings) {
        const source = running.get(resource);
        if (world.poolOf(functionOfMapping(resource))?.definition.arn !== functionArn) continue;
        if (enabled && !source) await start(resource);
        if (enabled || !source) continue;
        running.delete(resource);
        await source.stop();
      }
    },
    async stop() {
      await Promise.all([...running.values()].map((source) => source.stop()));
    },
  };
}
