import * as z from 'zod/mini';
import { parsedJson } from '../../shared/configuration.ts';
import { syncSettingsSchema } from '../../shared/sync/settings.ts';
import { name, secretPrefix, stage } from '../environment.ts';

/** What the webhook processor finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  SECRET_PREFIX: secretPrefix,
  STATE_TABLE: name,
  RECORDS_TABLE: name,
  WEBHOOK_EVENTS_QUEUE_URL: z.url(),
  WEBHOOK_EVENTS_DEAD_LETTERS_URL: z.url(),
  SYNC_SETTINGS: parsedJson(syncSettingsSchema),
});
