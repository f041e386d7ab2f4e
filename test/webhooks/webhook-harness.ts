import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { redriveDeadLetter } from '../../shared/dead-letters/redrive.ts';
import { type DeadLetter, listDeadLetters } from '../../shared/store/dead-letters.ts';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { type SignedDelivery, signedBodyDelivery } from '../../shared/webhook/signed-delivery.ts';
import type { Company } from '../integration/company.ts';
import { eventually } from '../integration/eventually.ts';
import type { Harness } from '../integration/harness.ts';

export const signingKey = 'test-signing-key-1';
export const defaultRecipe = webhookRecipeSchema.parse({});

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly status?: string; readonly correlationId?: string };
}

/** What a test does with one account's webhooks. */
export interface WebhookClient {
  readonly url: string;
  /** Sets the account's secret to these webhook settings, with `signingKey` by default. */
  enable(webhook?: Readonly<Record<string, unknown>>): Promise<void>;
  post(delivery: SignedDelivery | { headers?: Record<string, string>; body: string | Uint8Array }): Promise<Answered>;
  /** A delivery about an object in the body dialect, signed now with a new token. */
  about(event: Readonly<Record<string, unknown>>, options?: Partial<DeliveryOptions>): SignedDelivery;
  deadLetters(): Promise<DeadLetter[]>;
  redrive(id: string, operator?: string): ReturnType<typeof redriveDeadLetter>;
  /** Hints that wait, are being worked on or are delayed. */
  queued(): number;
}

interface DeliveryOptions {
  readonly signingKey: string;
  readonly token: string;
  readonly sentAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The stack's webhook route of one company's account. */
export function webhooksOf(company: Company): WebhookClient {
  const { stack, state } = company.harness;
  const url = `${stack.apiUrl}/webhooks/rentvine/${company.account}`;
  const config = {
    endpoint: stack.endpoint,
    region: stack.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  return {
    url,
    enable: (webhook = {}) =>
      company.putSecret({ webhook: { dialects: ['body'], signingKeys: [signingKey], ...webhook } }),
    post: (delivery) => post(url, delivery),
    about: (event, options) =>
      signedBodyDelivery({
        signingKey,
        recipe: defaultRecipe,
        token: crypto.randomUUID(),
        sentAt: new Date(),
        event,
        ...options,
      }),
    deadLetters: () => listDeadLetters(state, { account: company.account }),
    async redrive(id, operator = 'tester') {
      const sqs = new SQSClient(config);
      const events = new EventBridgeClient(config);
      const invoke = async () => undefined;
      try {
        return await redriveDeadLetter(id, operator, { state, sqs, events, invoke, now: () => new Date() });
      } finally {
        sqs.destroy();
        events.destroy();
      }
    },
    queued: () => queued(company.harness),
  };
}

export async function post(
  url: string,
  {
    headers = { 'content-type': 'application/json' },
    body,
  }: { headers?: Readonly<Record<string, string>>; body: string | Uint8Array },
): Promise<Answered> {
  const response = await fetch(url, { method: 'POST', headers: { ...headers }, body: Buffer.from(body) });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

export function queued({ stack }: Harness): number {
  const { visible = 0, inFlight = 0, delayed = 0 } = stack.queueDepths()['aictive-dev-webhook-events'] ?? {};
  return visible + inFlight + delayed;
}

/** Waits until the account has this many dead letters, and answers them. */
export const deadLettersOf = (client: WebhookClient, count: number, deadlineMs?: number): Promise<DeadLetter[]> =>
  eventually(
    `${count} dead letters`,
    async () => {
      const letters = await client.deadLetters();
      return letters.length >= count ? letters : undefined;
    },
    deadlineMs,
  );
