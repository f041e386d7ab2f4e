import * as z from 'zod';
import type { TemplateResource } from '../cloudformation/template-resource.ts';
import type { FunctionPool, InvocationOutcome } from './function-pool.ts';

/** What becomes of asynchronous invocations of one function that fail. */
export interface AsyncInvokeConfig {
  readonly maximumRetryAttempts: number;
  /** Puts the bare event on the function's dead-letter queue, if it has one. */
  readonly giveUp?: ((event: string, attributes: Record<string, string>) => Promise<void>) | undefined;
}

/** How often Lambda tries again unless told otherwise. */
export const defaultRetryAttempts = 2;

const invokeConfigSchema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.string(),
  MaximumRetryAttempts: z.coerce.number().int().min(0).default(defaultRetryAttempts),
});
/** Nobody here lets an event wait for as long. */
const inertProperties = ['MaximumEventAgeInSeconds'];

/** Reads an `AWS::Lambda::EventInvokeConfig`. @throws ConfigurationError for destinations */
export function readInvokeConfig(resource: TemplateResource): { functionName: string; maximumRetryAttempts: number } {
  const config = resource.properties(invokeConfigSchema, inertProperties);
  return { functionName: config.FunctionName, maximumRetryAttempts: config.MaximumRetryAttempts };
}

export interface AsyncInvocations {
  /** Accepts an event; the function runs, and is tried again, behind the caller's back. */
  accept(pool: FunctionPool, config: AsyncInvokeConfig, payload: string): void;
  active(): number;
  stop(): void;
}

/** Lambda waits one and two minutes; on one machine somebody is watching. */
const retryDelaysMs = [1000, 2000];

/** Asynchronous invocation: retries, then the dead-letter queue. */
export function asyncInvocations(): AsyncInvocations {
  let active = 0;
  let stopped = false;
  const timers = new Map<NodeJS.Timeout, () => void>();
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.set(timer, resolve);
    });

  async function run(pool: FunctionPool, config: AsyncInvokeConfig, payload: string): Promise<void> {
    let outcome: InvocationOutcome = await pool.invoke(payload);
    for (let retry = 0; !outcome.ok && retry < config.maximumRetryAttempts && !stopped; retry += 1) {
      await wait(retryDelaysMs[retry] ?? 2000);
      outcome = await pool.invoke(payload);
    }
    if (outcome.ok || stopped) return;
    await config.giveUp?.(payload, { ErrorCode: '200', ErrorMessage: outcome.error.errorMessage.slice(0, 1024) });
  }

  return {
    accept(pool, config, payload) {
      active += 1;
      void run(pool, config, payload).finally(() => {
        active -= 1;
      });
    },
    active: () => active,
    stop() {
      stopped = true;
      for (const [timer, resolve] of timers) {
        clearTimeout(timer);
        resolve();
      }
    },
  };
}
