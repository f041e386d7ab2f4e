import type { AccountGate, CallOutcome } from '../../account/gate.ts';
import { createRentvineClient, type RentvineAccount, type RentvineClient, type RequestEvent } from '../client.ts';
import type { RetryPolicy } from '../retry.ts';

export const secrets = {
  accessKey: 'KEY-hush-1',
  secret: 'SECRET-hush-2',
  apiKey: 'APIKEY-hush-3',
  apiSecret: 'APISECRET-hush-4',
};

export const basicAuth = { scheme: 'basic', accessKey: secrets.accessKey, secret: secrets.secret } as const;
export const tokenAuth = {
  scheme: 'token',
  apiKey: secrets.apiKey,
  apiSecret: secrets.apiSecret,
  tenantId: 'tenant-1',
} as const;

export interface Harness {
  readonly client: RentvineClient;
  /** The gate's view: outcomes in the order of the permits' ends. */
  readonly outcomes: CallOutcome[];
  readonly events: RequestEvent[];
  /** Waits in milliseconds that the client asked for; none of them takes real time. */
  readonly waits: number[];
  readonly clock: { ms: number };
}

export interface HarnessOptions {
  readonly baseUrl: string;
  readonly auth?: RentvineAccount['auth'];
  readonly paths?: NonNullable<RentvineAccount['paths']>;
  readonly deadline?: number;
  readonly requestTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly random?: () => number;
  readonly enter?: () => Promise<void>;
  readonly leave?: () => void;
  readonly fetch?: typeof fetch;
}

/** A client with a clock that stands still unless the client waits, and a gate that writes down what it is told. */
export function clientUnderTest(options: HarnessOptions): Harness {
  const outcomes: CallOutcome[] = [];
  const events: RequestEvent[] = [];
  const waits: number[] = [];
  const clock = { ms: Date.parse('2026-11-22T10:00:00Z') };
  const gate: AccountGate = {
    async enter() {
      await options.enter?.();
      let left = false;
      return {
        async leave(outcome) {
          if (left) throw new Error('The permit was given back twice');
          left = true;
          outcomes.push(outcome);
          options.leave?.();
        },
      };
    },
  };
  const client = createRentvineClient({
    account: {
      name: 'acme',
      baseUrl: options.baseUrl,
      auth: options.auth ?? basicAuth,
      ...(options.paths && { paths: options.paths }),
    },
    gate,
    deadline: () => options.deadline ?? Number.POSITIVE_INFINITY,
    requestTimeoutMs: options.requestTimeoutMs ?? 5000,
    random: options.random ?? (() => 0.5),
    now: () => clock.ms,
    sleep: async (ms) => {
      waits.push(ms);
      clock.ms += ms;
    },
    onRequest: (event) => events.push(event),
    ...(options.retry && { retry: options.retry }),
    ...(options.fetch && { fetch: options.fetch }),
  });
  return { client, outcomes, events, waits, clock };
}

/** What a rejected promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('The promise was expected to reject');
}
