import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { ConfigurationError } from './errors.ts';
import type { ResourceName } from './rentvine/resource.ts';
import { isResourceName } from './rentvine/resources/table.ts';

// The small variant of zod brings no texts of its own.
z.config(en());

/*
 * Each schema is made by a function that is marked as pure: making schemas is a tenth of a cold start, and so the bundler can
 * leave out those that a function does not use.
 */

/** Which keys are wrong and how, and nothing of what they hold. */
const problems = (error: z.core.$ZodError): string =>
  error.issues
    .map((issue) => {
      const key = issue.path.map(String).join('.');
      return key === '' ? issue.message : `${key}: ${issue.message}`;
    })
    .join('; ');

/**
 * Parses a value that a person wrote.
 *
 * @throws ConfigurationError that begins with `what` and names each wrong key, but never repeats a value
 */
export const parseConfiguration = <Schema extends z.core.$ZodType>(
  what: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> => {
  const result = z.safeParse(schema, value, { reportInput: false });
  if (!result.success) throw new ConfigurationError(`${what} is wrong: ${problems(result.error)}`);
  return result.data;
};

/** JSON text, parsed. Node's own parse error quotes the text, so it is not passed on. */
const jsonText = /* @__PURE__ */ (() =>
  z.pipe(
    z.string(),
    z.transform((text: string, { issues }): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        issues.push({ code: 'custom', message: 'must be valid JSON', input: undefined });
        return z.NEVER;
      }
    }),
  ))();

const parsedJson = <Schema extends z.core.$ZodType>(schema: Schema) => z.pipe(jsonText, schema);

/** Longest slice of work that leaves its function time to save, queue the rest and return within five minutes. */
const maximumSliceSeconds = 240;

/** The tuning of a sync; what each stage may override in `cdk.json`. Times are in the unit that the name says. */
export const syncSettingsSchema = /* @__PURE__ */ (() =>
  z.strictObject({
    /** Rows asked for per page; Rentvine may cap it silently. */
    pageSize: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 250),
    /** Calls per second and account, over all functions together. */
    requestsPerSecond: z._default(z.number().check(z.minimum(0.1), z.maximum(100)), 10),
    /** Calls that may be made at once after a pause. */
    burst: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 20),
    /** Calls per account that may be waiting for an answer at the same time. */
    maxInFlight: z._default(z.int().check(z.minimum(1), z.maximum(50)), 4),
    requestTimeoutSeconds: z._default(z.number().check(z.minimum(0.1), z.maximum(40)), 30),
    /** How far an incremental read reaches back behind its cursor. */
    overlapMinutes: z._default(z.number().check(z.minimum(0), z.maximum(1440)), 10),
    /** How long one invocation works before it queues the rest. */
    sliceSeconds: z._default(z.number().check(z.minimum(0.1), z.maximum(maximumSliceSeconds)), maximumSliceSeconds),
    /** One run may mark as deleted at most `percent` of a resource's records, but always `atLeast` of them. */
    deletionGuard: z.prefault(
      z.strictObject({
        percent: z._default(z.number().check(z.minimum(0), z.maximum(100)), 5),
        atLeast: z._default(z.int().check(z.minimum(0)), 10),
      }),
      {},
    ),
  }))();

export type SyncSettings = z.output<typeof syncSettingsSchema>;

/** Stages and accounts become part of physical names and secret names. */
export const stagePattern = /^[a-z][a-z0-9-]{0,19}$/;
export const accountPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const accountNameSchema = /* @__PURE__ */ (() =>
  z.string().check(z.regex(accountPattern, 'must be lower-case letters, digits and inner hyphens')))();

const credential = /* @__PURE__ */ (() => z.string().check(z.minLength(1, 'must not be empty')))();
/** Short ones could be guessed, and then anybody could send webhooks. */
const signingKey = /* @__PURE__ */ (() => z.string().check(z.minLength(4, 'must have at least 4 characters')))();

const basicAuthSchema = /* @__PURE__ */ (() =>
  z.strictObject({ scheme: z.literal('basic'), accessKey: credential, secret: credential }))();

const tokenAuthSchema = /* @__PURE__ */ (() =>
  z.strictObject({
    scheme: z.literal('token'),
    apiKey: credential,
    apiSecret: credential,
    tenantId: z.string().check(z.minLength(1)),
  }))();

/** Hosts that only the same machine or private network can be reached at; credentials may go there without TLS. */
const isPrivateHost = (host: string): boolean =>
  host === '[::1]' ||
  /^[^.[]+$/.test(host) ||
  /\.(?:localhost|internal|local|test)$/.test(host) ||
  /^(?:127|10)\.\d+\.\d+\.\d+$|^192\.168\.\d+\.\d+$|^172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+$/.test(host);

/** A reader of text; what `complain` answers is to be returned. */
const readString = (read: (text: string, complain: (message: string) => never) => string) =>
  z.pipe(
    z.string(),
    z.transform((text: string, { issues }) =>
      read(text, (message) => {
        issues.push({ code: 'custom', message, input: undefined });
        return z.NEVER;
      }),
    ),
  );

const baseUrlSchema = /* @__PURE__ */ (() =>
  readString((text, complain) => {
    if (!URL.canParse(text)) return complain('must be an absolute URL');
    const url = new URL(text);
    if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
      return complain('must have no user, query or fragment');
    }
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isPrivateHost(url.hostname))) {
      return complain('must begin with https://');
    }
    return url.origin + url.pathname.replace(/\/+$/, '');
  }))();

const path = /* @__PURE__ */ (() =>
  z.string().check(z.regex(/^\/(?!\/)[^?#\s]+$/, 'must begin with / and have no query')))();

const pathsSchema = /* @__PURE__ */ (() =>
  z.pipe(
    z.record(z.string(), z.strictObject({ list: z.optional(path), one: z.optional(path) })),
    z.transform(
      (
        paths: Record<string, { list?: string | undefined; one?: string | undefined }>,
        { issues },
      ): Partial<Record<ResourceName, { list?: string | undefined; one?: string | undefined }>> => {
        const known: Partial<Record<ResourceName, { list?: string | undefined; one?: string | undefined }>> = {};
        for (const [name, value] of Object.entries(paths)) {
          if (isResourceName(name)) known[name] = value;
          else issues.push({ code: 'custom', path: [name], message: 'is no resource', input: undefined });
        }
        return known;
      },
    ),
  ))();

export const webhookHashes = ['sha1', 'sha256', 'sha384', 'sha512'] as const;
export const webhookEncodings = ['hex', 'base64'] as const;

/** What a webhook signature covers, in which order, and how it is written. The default is Rentvine's body dialect. */
export const webhookRecipeSchema = /* @__PURE__ */ (() =>
  z.strictObject({
    parts: z._default(
      z
        .array(
          z.union([
            z.enum(['timestamp', 'token', 'body']),
            z.strictObject({ separator: z.string().check(z.minLength(1), z.maxLength(8)) }),
          ]),
        )
        .check(
          z.maxLength(9),
          // Less than that could be sent again at any time, or with any other token.
          z.refine(
            (parts) => parts.includes('timestamp') && (parts.includes('token') || parts.includes('body')),
            'must have "timestamp", and "token" or "body"',
          ),
        ),
      ['timestamp', 'token'],
    ),
    hash: z._default(z.enum(webhookHashes), 'sha256'),
    encoding: z._default(z.enum(webhookEncodings), 'hex'),
  }))();

export type WebhookRecipe = z.output<typeof webhookRecipeSchema>;

/** The content of an account's secret, as a person writes it. */
export const accountSecretSchema = /* @__PURE__ */ (() =>
  z.strictObject({
    auth: z.discriminatedUnion('scheme', [basicAuthSchema, tokenAuthSchema], {
      error: 'scheme must be "basic" or "token"',
    }),
    /** Where the API is, if not at Rentvine's usual address. An origin alone means the usual path below it. */
    baseUrl: z.optional(baseUrlSchema),
    webhook: z.optional(
      z.strictObject({
        dialects: z.array(z.enum(['body', 'header'])).check(z.minLength(1)),
        /** Two at once make rotation painless. */
        signingKeys: z.array(signingKey).check(z.minLength(1), z.maxLength(4)),
        recipe: z.prefault(webhookRecipeSchema, {}),
      }),
    ),
    /** Corrections of Rentvine's paths, per resource. */
    paths: z._default(pathsSchema, {}),
  }))();

type AccountSecret = z.output<typeof accountSecretSchema>;

/** One account, ready to be called: its secret with the base URL filled in, no slash at its end. */
export type Account = Omit<AccountSecret, 'baseUrl'> & { readonly name: string; readonly baseUrl: string };

const resolveBaseUrl = (name: string, { auth, baseUrl }: AccountSecret): string => {
  if (baseUrl === undefined) {
    return auth.scheme === 'basic' ? `https://${name}.rentvine.com/api/manager` : 'https://api.rentvine.com/v2';
  }
  // An origin alone is a host other than Rentvine's that serves the same API.
  const isOriginAlone = new URL(baseUrl).pathname === '/';
  return isOriginAlone && auth.scheme === 'basic' ? `${baseUrl}/api/manager` : baseUrl;
};

/**
 * Reads an account's secret.
 *
 * @param name the account's name: the last part of the secret's name, and Rentvine's subdomain
 * @param json the secret's text
 * @throws ConfigurationError that names the account and the wrong keys, and repeats nothing of the secret
 */
export const parseAccountSecret = (name: string, json: string): Account => {
  const account = parseConfiguration('The account name', accountNameSchema, name);
  const secret = parseConfiguration(`The secret of account ${account}`, parsedJson(accountSecretSchema), json);
  return { ...secret, name: account, baseUrl: resolveBaseUrl(account, secret) };
};

/** Everything in an account's secret that must never be seen; hand each to `redactValue` before the first call. */
export const secretValues = ({ auth, webhook }: Account): string[] => [
  ...(auth.scheme === 'basic'
    ? [auth.accessKey, auth.secret, `${auth.accessKey}:${auth.secret}`]
    : [auth.apiKey, auth.apiSecret]),
  ...(webhook?.signingKeys ?? []),
];

/** What each function finds in its environment; the stack sets exactly these. */
const stage = /* @__PURE__ */ (() => z.string().check(z.regex(stagePattern)))();
const name = /* @__PURE__ */ (() => z.string().check(z.minLength(1)))();
/** Ends with a slash; the rest of a secret's name is its account. */
const secretPrefix = /* @__PURE__ */ (() => z.string().check(z.endsWith('/')))();

export const plannerEnvironmentSchema = /* @__PURE__ */ (() =>
  z.object({
    STAGE: stage,
    SECRET_PREFIX: secretPrefix,
    SYNC_JOBS_QUEUE_URL: z.url(),
  }))();

export const workerEnvironmentSchema = /* @__PURE__ */ (() =>
  z.extend(plannerEnvironmentSchema, {
    STATE_TABLE: name,
    RECORDS_TABLE: name,
    SYNC_SETTINGS: parsedJson(syncSettingsSchema),
  }))();

export const publisherEnvironmentSchema = /* @__PURE__ */ (() =>
  z.object({
    STAGE: stage,
    EVENT_BUS_NAME: name,
    CHANGE_EVENTS_DLQ_URL: z.url(),
  }))();

/** How many webhooks of one account are taken before senders are asked to wait. */
export const webhookSettingsSchema = /* @__PURE__ */ (() =>
  z.strictObject({
    perSecond: z._default(z.number().check(z.minimum(1), z.maximum(10_000)), 1000),
    burst: z._default(z.int().check(z.minimum(1), z.maximum(100_000)), 5000),
  }))();
export type WebhookSettings = z.output<typeof webhookSettingsSchema>;

export const receiverEnvironmentSchema = /* @__PURE__ */ (() =>
  z.object({
    STAGE: stage,
    SECRET_PREFIX: secretPrefix,
    STATE_TABLE: name,
    WEBHOOK_EVENTS_QUEUE_URL: z.url(),
    WEBHOOK_SETTINGS: parsedJson(webhookSettingsSchema),
  }))();

export const processorEnvironmentSchema = /* @__PURE__ */ (() =>
  z.object({
    STAGE: stage,
    SECRET_PREFIX: secretPrefix,
    STATE_TABLE: name,
    RECORDS_TABLE: name,
    WEBHOOK_EVENTS_QUEUE_URL: z.url(),
    SYNC_SETTINGS: parsedJson(syncSettingsSchema),
  }))();

/** Where a dead letter came from, and so where a redrive puts it. */
export const redriveTargetSchema = /* @__PURE__ */ (() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('queue'), queueUrl: z.url() }),
    /** Asynchronous invocations of a function that failed, and ticks that never reached it. */
    z.object({ kind: z.literal('function'), functionName: name }),
    z.object({ kind: z.literal('eventBus'), busName: name }),
  ]))();
export type RedriveTarget = z.output<typeof redriveTargetSchema>;

export const keeperEnvironmentSchema = /* @__PURE__ */ (() =>
  z.object({
    STAGE: stage,
    STATE_TABLE: name,
    /** By the dead-letter queue's name. */
    DEAD_LETTER_SOURCES: parsedJson(z.record(name, z.object({ source: name, target: redriveTargetSchema }))),
  }))();

/** How each resource is read: what the schedules of the stack are made of, for those who judge how fresh it is. */
export const resourceSchedulesSchema = /* @__PURE__ */ (() =>
  z.array(
    z.object({
      resource: name,
      /** Between two incremental reads. */
      intervalMinutes: z.number().check(z.positive()),
      /** False where both schedules of the resource are off. */
      isScheduled: z.boolean(),
    }),
  ))();
export type ResourceSchedule = z.output<typeof resourceSchedulesSchema>[number];

export const watcherEnvironmentSchema = /* @__PURE__ */ (() =>
  z.object({
    STAGE: stage,
    SECRET_PREFIX: secretPrefix,
    STATE_TABLE: name,
    RESOURCE_SCHEDULES: parsedJson(resourceSchedulesSchema),
  }))();

/** The queues that the status function looks at. */
export const queueListSchema = /* @__PURE__ */ (() =>
  z.array(
    z.object({
      name,
      url: z.url(),
      /** For a dead-letter queue: what its messages were for, as operators call it. */
      deadLettersOf: z.optional(name),
    }),
  ))();
export type QueueList = z.output<typeof queueListSchema>;

export const statusEnvironmentSchema = /* @__PURE__ */ (() =>
  z.object({
    STAGE: stage,
    SECRET_PREFIX: secretPrefix,
    STATUS_TOKEN_SECRET: name,
    STATE_TABLE: name,
    RECORDS_TABLE: name,
    RESOURCE_SCHEDULES: parsedJson(resourceSchedulesSchema),
    QUEUES: parsedJson(queueListSchema),
    /** Their folders. */
    FUNCTIONS: parsedJson(z.array(name)),
    API_ID: name,
  }))();

export const reporterEnvironmentSchema = /* @__PURE__ */ (() =>
  z.object({
    STAGE: stage,
    SECRET_PREFIX: secretPrefix,
    STATE_TABLE: name,
    RECORDS_TABLE: name,
  }))();

/**
 * Reads a function's environment, once, while it starts.
 *
 * @throws ConfigurationError that names each missing or wrong variable
 * @example
 * const environment = readEnvironment(workerEnvironmentSchema);
 */
export const readEnvironment = <Schema extends z.core.$ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<Schema> => parseConfiguration('The environment', schema, environment);
