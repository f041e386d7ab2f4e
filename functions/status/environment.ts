import * as z from 'zod/mini';
import { parsedJson } from '../../shared/configuration.ts';
import { queueListSchema } from '../../shared/health/queue-list.ts';
import { name, stage } from '../environment.ts';

/** What the status function finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  STATUS_TOKEN_SECRET: name,
  STATE_TABLE: name,
  RECORDS_TABLE: name,
  QUEUES: parsedJson(queueListSchema),
  /** Their folders. */
  FUNCTIONS: parsedJson(z.array(name)),
  API_ID: name,
});
