import * as z from 'zod';
import { parseConfiguration, stagePattern, syncSettingsSchema, webhookSettingsSchema } from '../shared/config.ts';
import { isResourceName } from '../shared/rentvine/resources/table.ts';

/** `-c key=value` on the command line makes every value a string; `cdk.json` keeps its type. */
const fromText = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }, schema);

const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const scheduleOverrideSchema = z.strictObject({
  /** False stops both schedules of the resource. */
  enabled: z.boolean().default(true),
  incrementalMinutes: z.int().min(1).max(1440).optional(),
  /** UTC, `HH:MM`. */
  fullAt: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM, UTC')
    .optional(),
});

export type ScheduleOverride = z.output<typeof scheduleOverrideSchema>;

/** The app's configuration; each key is a context key, in `cdk.json` or as `-c key=value`. */
const settingsSchema = z.object({
  /** Part of every physical name, so that stages can share an account. */
  stage: z.string().regex(stagePattern, 'must be lower-case letters, digits and hyphens, 20 at most').default('dev'),
  /** Where to deploy; by default wherever the credentials in use lead. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be twelve digits')
    .optional(),
  region: z.string().min(1).optional(),
  /** Overrides of the sync's tuning. */
  sync: fromText(syncSettingsSchema).prefault({}),
  logRetentionDays: fromText(
    z.int().refine((days) => logRetentionDays.includes(days), `must be one of ${logRetentionDays.join(', ')}`),
  ).default(30),
  /** How many sync jobs, of all accounts together, run at once; Lambda allows 2 or more. */
  workerMaximumConcurrency: fromText(z.int().min(2).max(1000)).default(10),
  /** How many batches of webhooks, of all accounts together, are worked on at once. */
  processorMaximumConcurrency: fromText(z.int().min(2).max(1000)).default(5),
  /** How many webhooks an account may send. */
  webhooks: fromText(webhookSettingsSchema).prefault({}),
  /** Per resource, what differs from the resource table. */
  schedules: fromText(
    z.partialRecord(
      z.string().refine((name) => isResourceName(name), 'is no resource'),
      scheduleOverrideSchema,
    ),
  ).prefault({}),
  /** Given to every function as `AWS_ENDPOINT_URL`, where the stack is deployed to something that is not AWS. */
  functionEndpointUrl: z.url().optional(),
});

export type Settings = z.output<typeof settingsSchema>;

/**
 * Reads the configuration from CDK context, once.
 *
 * @param contextValue looks one context key up
 * @throws ConfigurationError that names each wrong key
 */
export const readSettings = (contextValue: (key: string) => unknown): Settings =>
  parseConfiguration(
    'The context (cdk.json or -c)',
    settingsSchema,
    Object.fromEntries(Object.keys(settingsSchema.shape).map((key) => [key, contextValue(key)])),
  );
