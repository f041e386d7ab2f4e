import * as z from 'zod/mini';
import { parseConfiguration, parsedJson } from '../configuration.ts';
import { redactValue } from '../observability/logger.ts';
import { webhookRecipeSchema } from '../webhook/recipe.ts';

/** Of one account. */
export const maxSigningKeys = 4;

/** Short ones can be guessed from one captured delivery, and then anybody could send webhooks. */
const signingKey = z
  .string()
  .check(
    z.minLength(
      16,
      'must have at least 16 characters; set a longer one in Rentvine under Settings > Other > Webhooks, and here',
    ),
  );

/**
 * How an account's webhooks are signed. It is a secret apart from the account's credentials: the function that anybody on the
 * internet can reach has to read the one, and must not be able to read the other.
 */
export const webhookSecretSchema = z.strictObject({
  dialects: z.array(z.enum(['body', 'header'])).check(z.minLength(1)),
  /** Two at once make rotation painless. */
  signingKeys: z.array(signingKey).check(z.minLength(1), z.maxLength(maxSigningKeys)),
  recipe: z.prefault(webhookRecipeSchema, {}),
});

export type WebhookKeys = z.output<typeof webhookSecretSchema>;

/**
 * Reads the secret of an account's webhooks, and makes sure that nothing logs what is in it.
 *
 * @param json the secret's text
 * @throws ConfigurationError that names the account and the wrong keys, and repeats nothing of the secret
 */
export function parseWebhookSecret(account: string, json: string): WebhookKeys {
  const keys = parseConfiguration(`The webhook secret of account ${account}`, parsedJson(webhookSecretSchema), json);
  for (const key of keys.signingKeys) redactValue(key);
  return keys;
}
