import * as z from 'zod/mini';
import { secretPrefix, stage } from '../environment.ts';

/** What the sync planner finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  SECRET_PREFIX: secretPrefix,
  SYNC_JOBS_QUEUE_URL: z.url(),
});
