import * as z from 'zod/mini';
import { parsedJson } from '../../shared/configuration.ts';
import { webhookSettingsSchema } from '../../shared/webhook/settings.ts';
import { name, secretPrefix, stage } from '../environment.ts';

/** What the webhook receiver finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  WEBHOOK_SECRET_PREFIX: secretPrefix,
  STATE_TABLE: name,
  WEBHOOK_EVENTS_QUEUE_URL: z.url(),
  WEBHOOK_SETTINGS: parsedJson(webhookSettingsSchema),
});
