import * as z from 'zod/mini';

/** How many webhooks of one account are taken before senders are asked to wait. */
export const webhookSettingsSchema = z.strictObject({
  perSecond: z._default(z.number().check(z.minimum(1), z.maximum(10_000)), 50),
  burst: z._default(z.int().check(z.minimum(1), z.maximum(100_000)), 100),
});
export type WebhookSettings = z.output<typeof webhookSettingsSchema>;
