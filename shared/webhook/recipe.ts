import * as z from 'zod/mini';

export const webhookHashes = ['sha1', 'sha256', 'sha384', 'sha512'] as const;
export const webhookEncodings = ['hex', 'base64'] as const;

/** What a webhook signature covers, in which order, and how it is written. The default is Rentvine's body dialect. */
export const webhookRecipeSchema = z.strictObject({
  parts: z._default(
    z
      .array(
        z.union([
          z.enum(['timestamp', 'token', 'body']),
          z.strictObject({ separator: z.string().check(z.minLength(1), z.maxLength(8)) }),
        ]),
      )
      .check(
        z.maxLength(9),
        // Less than that could be sent again at any time, or with any other token.
        z.refine(
          (parts) => parts.includes('timestamp') && (parts.includes('token') || parts.includes('body')),
          'must have "timestamp", and "token" or "body"',
        ),
      ),
    ['timestamp', 'token'],
  ),
  hash: z._default(z.enum(webhookHashes), 'sha256'),
  encoding: z._default(z.enum(webhookEncodings), 'hex'),
});

export type WebhookRecipe = z.output<typeof webhookRecipeSchema>;
