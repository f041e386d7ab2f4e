import * as z from 'zod';
import { stagePattern } from '../shared/account/name.ts';
import { parseConfiguration } from '../shared/configuration.ts';
import { isResourceName } from '../shared/rentvine/resources/catalogue.ts';
import { syncSettingsSchema } from '../shared/sync/settings.ts';
import { webhookSettingsSchema } from '../shared/webhook/settings.ts';
import { prefixOf, secretPrefixOf, webhookSecretPrefixOf } from './platform/names.ts';

/** `-c key=value` on the command line makes every value a string; `cdk.json` keeps its type. */
const fromText = <Schema extends z.core.$ZodType>(schema: Schema) =>
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

/** As a browser sends it: scheme, host and port alone. */
const originSchema = z
  .string()
  .refine(
    (text) => text === '*' || (/^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text),
    'must be * or an origin such as https://status.example.com',
  );

const tableName = z.string().regex(/^[\w.-]{3,255}$/, 'must be the name of a table');

const corsSchema = z.strictObject({
  /** Origins whose pages may read the HTTP API in a browser. */
  allowOrigins: z.array(originSchema).default([]),
});

export type ScheduleOverride = z.output<typeof scheduleOverrideSchema>;

const emails = z.array(z.email('must be an e-mail address')).max(10, 'must be ten at most').default([]);

/** Who is told when an alarm rings. Each route is optional. */
const monitoringSettingsSchema = z
  .strictObject({
    /** Name of the secret whose text is the URL of a PagerDuty CloudWatch integration; gets the critical alarms. */
    pagerDutySecret: z
      .string()
      .regex(/^[\w/+=.@-]{1,512}$/, 'must be the name of a secret')
      .optional(),
    /** A Slack channel that AWS's chat integration may write to; gets the critical alarms and the warnings. */
    slack: z
      .strictObject({
        workspaceId: z.string().regex(/^[0-9A-Z]{1,255}$/, 'must be a workspace id such as T01ABCDEF'),
        channelId: z.string().regex(/^[CG][0-9A-Z]{1,255}$/, 'must be a channel id such as C01ABCDEF'),
      })
      .optional(),
    criticalEmails: emails,
    warningEmails: emails,
    /** The property manager's own alarms, such as vacancy. */
    businessEmails: emails,
    /** US dollars that all of the AWS account may cost in a month before `warningEmails` are told. */
    monthlyBudgetUsd: z.number().positive().optional(),
    /** Where `infra/runbooks` can be read, for the links in alarms: `https://github.com/…/blob/main/infra/runbooks`. */
    runbookBaseUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  })
  .refine(({ monthlyBudgetUsd, warningEmails }) => monthlyBudgetUsd === undefined || warningEmails.length > 0, {
    path: ['monthlyBudgetUsd'],
    error: 'needs warningEmails, whom to tell',
  });

const tracingSchema = z
  .strictObject({
    /**
     * `xray` with X-Ray's own SDK and daemon, which Lambda brings along; `otel` with OpenTelemetry, to X-Ray's OTLP endpoint or to
     * any other; `off` not at all.
     */
    mode: z.enum(['xray', 'otel', 'off']).default('xray'),
    /** Share of traces, 0 to 1, that are told of. With `xray` Lambda decides, and cannot be told. */
    sampleRate: z.number().min(0).max(1).optional(),
    /** Where traces are posted to, as OTLP in JSON: `https://collector.example.com/v1/traces`. */
    otlpEndpoint: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  })
  .refine(({ mode, sampleRate, otlpEndpoint }) => mode === 'otel' || (sampleRate ?? otlpEndpoint) === undefined, {
    path: ['mode'],
    error: 'must be otel where there is a sampleRate or an otlpEndpoint',
  });

export type TracingMode = z.output<typeof tracingSchema>['mode'];

export type MonitoringSettings = z.output<typeof monitoringSettingsSchema>;

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
  /**
   * Whether the stage's tables and logs go with it. Any other keeps them, whatever becomes of its stacks, and its stacks are
   * protected from deletion.
   */
  ephemeral: fromText(z.boolean()).default(false),
  /** The tables' names, where they are not the usual ones: a recovery to a point in time makes tables with new names. */
  tableNames: fromText(z.strictObject({ records: tableName.optional(), state: tableName.optional() })).prefault({}),
  /** Overrides of the sync's tuning. */
  sync: fromText(syncSettingsSchema).prefault({}),
  logRetentionDays: fromText(
    z.int().refine((days) => logRetentionDays.includes(days), `must be one of ${logRetentionDays.join(', ')}`),
  ).default(30),
  /** Share of invocations, 0 to 1, whose debug lines are logged: each request to Rentvine, each page. Whole percents. */
  debugSampleRate: fromText(z.number().min(0).max(1)).default(0.01),
  /**
   * How many sync jobs, of all accounts together, run at once; Lambda allows 2 or more. With what reads webhooks this leaves
   * four of the ten functions that a new AWS account may run at once to everything else.
   */
  workerMaximumConcurrency: fromText(z.int().min(2).max(1000)).default(4),
  /** How many batches of webhooks, of all accounts together, are worked on at once. */
  processorMaximumConcurrency: fromText(z.int().min(2).max(1000)).default(2),
  /** How many requests a second, of anybody, the HTTP API lets through, and how many at once after a pause. */
  api: fromText(
    z.strictObject({
      requestsPerSecond: z.int().min(1).max(10_000).default(50),
      burst: z.int().min(1).max(5_000).default(100),
    }),
  ).prefault({}),
  /** How many webhooks an account may send. */
  webhooks: fromText(webhookSettingsSchema).prefault({}),
  /** Which pages of others may read the HTTP API; none by default. */
  cors: fromText(corsSchema).prefault({}),
  /** Per resource, what differs from the resource table. */
  schedules: fromText(
    z.partialRecord(
      z.string().refine((name) => isResourceName(name), 'is no resource'),
      scheduleOverrideSchema,
    ),
  ).prefault({}),
  /** What tells of traces. */
  tracing: fromText(tracingSchema).prefault({}),
  /** How often the business figures are computed. */
  businessReportHours: fromText(z.int().min(1).max(24)).default(6),
  /** Who is told of alarms, and how. */
  monitoring: fromText(monitoringSettingsSchema).prefault({}),
  /** Given to every function as `AWS_ENDPOINT_URL`, where the stack is deployed to something that is not AWS. */
  functionEndpointUrl: z.url().optional(),
});

export type Settings = Omit<z.output<typeof settingsSchema>, 'tableNames'> & {
  readonly tableNames: Readonly<Record<'records' | 'state', string>>;
  /** What all physical names begin with: `aictive-prod`. */
  readonly prefix: string;
  /** Accounts are the secrets below this prefix. */
  readonly secretPrefix: string;
  /** Their signing keys of webhooks are the secrets below this one. */
  readonly webhookSecretPrefix: string;
};

/** What a stage sets for itself: `{ "dev": { "ephemeral": true } }`. */
const stagesSchema = z.record(
  z.string(),
  z.record(
    z.string().refine((key) => key in settingsSchema.shape, 'is no setting'),
    z.unknown(),
  ),
);

/**
 * Reads the configuration from CDK context, once. What the key `stages` has for the stage counts where the key itself is
 * absent, so that `-c key=value` always counts.
 *
 * @param contextValue looks one context key up
 * @throws ConfigurationError that names each wrong key
 */
export function readSettings(contextValue: (key: string) => unknown): Settings {
  const what = 'The context (cdk.json or -c)';
  const { stages } = parseConfiguration(what, z.object({ stages: fromText(stagesSchema).prefault({}) }), {
    stages: contextValue('stages'),
  });
  const ofStage: Readonly<Record<string, unknown>> = stages[String(contextValue('stage') ?? 'dev')] ?? {};
  const settings = parseConfiguration(
    what,
    settingsSchema,
    Object.fromEntries(Object.keys(settingsSchema.shape).map((key) => [key, contextValue(key) ?? ofStage[key]])),
  );
  const prefix = prefixOf(settings.stage);
  const { records = `${prefix}-records`, state = `${prefix}-state` } = settings.tableNames;
  return {
    ...settings,
    tableNames: { records, state },
    prefix,
    secretPrefix: secretPrefixOf(settings.stage),
    webhookSecretPrefix: webhookSecretPrefixOf(settings.stage),
  };
}
