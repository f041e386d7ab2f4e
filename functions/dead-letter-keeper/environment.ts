import * as z from 'zod/mini';
import { parsedJson } from '../../shared/configuration.ts';
import { redriveTargetSchema } from '../../shared/dead-letters/redrive-target.ts';
import { name, stage } from '../environment.ts';

/** What the dead-letter keeper finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  STATE_TABLE: name,
  /** By the dead-letter queue's name. */
  DEAD_LETTER_SOURCES: parsedJson(z.record(name, z.object({ source: name, target: redriveTargetSchema }))),
});
