import type { FunctionPool, InvocationOutcome } from './function-pool.ts';
import type { FunctionError } from './messages.ts';

/** What becomes of asynchronous invocations of one function that fail. */
export interface AsyncInvokeConfig {
  readonly maximumRetryAttempts: number;
  /** Queue for the invocation record of `AWS::Lambda::EventInvokeConfig`. */
  readonly onFailureUrl?: string;
  /** Queue for the bare event, the function's own `DeadLetterConfig`. */
  readonly deadLetterUrl?: string;
}

export interface AsyncInvocations {
  /** Accepts an event; the function runs, and is tried again, behind the caller's back. */
  accept(pool: FunctionPool, config: AsyncInvokeConfig, payload: string): void;
  active(): number;
  stop(): void;
}

/** Lambda waits one and two minutes; on one machine somebody is watching. */
const retryDelaysMs = [1000, 2000];

function record(pool: FunctionPool, payload: string, attempts: number, error: FunctionError): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      functionArn: `${pool.definition.arn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: attempts,
    },
    requestPayload: JSON.parse(payload),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: error,
  });
}

/** Asynchronous invocation: two retries by default, then the failure destination and the dead-letter queue. */
export function asyncInvocations(
  send: (queueUrl: string, body: string, attributes: Record<string, string>) => Promise<void>,
): AsyncInvocations {
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
    let attempts = 1;
    while (!outcome.ok && attempts <= config.maximumRetryAttempts && !stopped) {
      await wait(retryDelaysMs[attempts - 1] ?? 2000);
      outcome = await pool.invoke(payload);
      attempts += 1;
    }
    if (outcome.ok || stopped) return;
    const { error } = outcome;
    if (config.onFailureUrl) await send(config.onFailureUrl, record(pool, payload, attempts, error), {});
    if (config.deadLetterUrl) {
      await send(config.deadLetterUrl, payload, { ErrorCode: '200', ErrorMessage: error.errorMessage.slice(0, 1024) });
    }
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
