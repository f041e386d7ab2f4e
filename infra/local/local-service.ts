import type { Clock } from './clock/clock.ts';
import type { TemplateResource } from './cloudformation/template-resource.ts';
import type { Intercept } from './intercept.ts';

/** What every service is made with. */
export interface LocalWorld {
  readonly region: string;
  readonly accountId: string;
  /** The one URL of all services. */
  readonly endpoint: string;
  readonly clock: Clock;
  readonly intercept: Intercept | undefined;
  /** Where the file or directory `name` survives the process; undefined when everything is kept in memory. */
  path(name: string): string | undefined;
}

/** One local AWS service. `start.ts` has the table of them. */
export interface LocalService {
  /**
   * Makes of the resources of its types what the templates say, and takes over what an earlier run left of them. Services
   * that it uses are provisioned already.
   *
   * @throws ConfigurationError naming the resource, for whatever it does not know of it
   */
  provision(resources: readonly TemplateResource[]): void | Promise<void>;
  /** Carries out one operation of the service's API. @throws AwsError */
  execute?(operation: string, body: Record<string, unknown>): unknown;
  /**
   * Whether nothing runs. With `waiting` also whether nothing waits to be run: no queue or stream that a function consumes
   * holds work, in flight included.
   */
  idle?(waiting: boolean): boolean;
  /** Takes no new work, and resolves when what was running has ended and is accounted for. */
  close(): void | Promise<void>;
}
