/**
 * How a request to the webhook address is answered: one list for the receiver, its metric, its documentation and whatever
 * shows them.
 */
export const webhookAnswers = [
  'queued',
  'duplicate',
  'unauthorized',
  'malformed',
  'tooLarge',
  'unsupported',
  'limited',
  'unavailable',
] as const;

export type WebhookAnswerKind = (typeof webhookAnswers)[number];
