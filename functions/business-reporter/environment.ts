import * as z from 'zod/mini';
import { name, secretPrefix, stage } from '../environment.ts';

/** What the business reporter finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  SECRET_PREFIX: secretPrefix,
  STATE_TABLE: name,
  RECORDS_TABLE: name,
});
