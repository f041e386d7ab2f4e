import { type CloseOutcome, type DeadLetter, listDeadLetters } from '../../shared/store/dead-letters.ts';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { type SignedDelivery, signedBodyDelivery } from '../../shared/webhook/signed-delivery.ts';
import type { Company } from '../integration/company.ts';
import { asTimePasses, until } from '../integration/eventually.ts';
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
  /** Waits until there are so many, for which a message is tried again and again as time passes. */
  deadLettersComing(count: number): Promise<DeadLetter[]>;
  redrive(id: string, operator?: string): Promise<CloseOutcome>;
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
  const { stack, platform, state, clock } = company.harness;
  const url = `${stack.apiUrl}/webhooks/rentvine/${company.account}`;
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
        sentAt: clock.now(),
        event,
        ...options,
      }),
    deadLetters: () => listDeadLetters(state, { account: company.account }),
    async deadLettersComing(count) {
      const areThere = async () => (await this.deadLetters()).length >= count;
      await until(`${count} dead letters`, asTimePasses(clock, areThere));
      return this.deadLetters();
    },
    redrive: (id, operator = 'tester') => platform.redrive(id, operator),
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

export function queued({ stack, platform }: Harness): number {
  const { visible = 0, inFlight = 0, delayed = 0 } = stack.queueDepths()[platform.nameOf('webhook-events')] ?? {};
  return visible + inFlight + delayed;
}
