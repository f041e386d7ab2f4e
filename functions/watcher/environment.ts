import * as z from 'zod/mini';
import { parsedJson } from '../../shared/configuration.ts';
import { resourceSchedulesSchema } from '../../shared/health/resource-schedules.ts';
import { name, secretPrefix, stage } from '../environment.ts';

/** What the watcher finds in its environment; the stack sets exactly these. */
export const environmentSchema = z.object({
  STAGE: stage,
  SECRET_PREFIX: secretPrefix,
  STATE_TABLE: name,
  RESOURCE_SCHEDULES: parsedJson(resourceSchedulesSchema),
});
