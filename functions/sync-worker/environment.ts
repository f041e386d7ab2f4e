import * as z from 'zod/mini';
import { parsedJson } from '../../shared/configuration.ts';
import { syncSettingsSchema } from '../../shared/sync/settings.ts';
import { name, secretPrefix, stage } from '../environment.ts';

/** What the sync worker finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  SECRET_PREFIX: secretPrefix,
  SYNC_JOBS_QUEUE_URL: z.url(),
  SYNC_JOBS_DEAD_LETTERS_URL: z.url(),
  STATE_TABLE: name,
  RECORDS_TABLE: name,
  SYNC_SETTINGS: parsedJson(syncSettingsSchema),
});
