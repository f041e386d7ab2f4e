import * as z from 'zod/mini';
import { name, secretPrefix, stage } from '../environment.ts';

/** What the sync planner finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  SECRET_PREFIX: secretPrefix,
  STATE_TABLE: name,
  SYNC_JOBS_QUEUE_URL: z.url(),
});
