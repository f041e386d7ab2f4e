import * as z from 'zod/mini';
import { name, stage } from '../environment.ts';

/** What the change publisher finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  EVENT_BUS_NAME: name,
  CHANGE_EVENTS_DLQ_URL: z.url(),
});
