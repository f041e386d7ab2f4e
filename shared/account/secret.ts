import * as z from 'zod/mini';
import { parseConfiguration, parsedJson } from '../configuration.ts';
import { isPersonalKey } from '../personal-keys.ts';
import { isResourceName } from '../rentvine/resources/catalogue.ts';
import { accountPattern } from './name.ts';
import { webhookSecretSchema } from './webhook-secret.ts';

const accountNameSchema = z
  .string()
  .check(z.regex(accountPattern, 'must be lower-case letters, digits and inner hyphens'));

const credential = z.string().check(z.minLength(1, 'must not be empty'));
const basicAuthSchema = z.strictObject({ scheme: z.literal('basic'), accessKey: credential, secret: credential });

const tokenAuthSchema = z.strictObject({
  scheme: z.literal('token'),
  apiKey: credential,
  apiSecret: credential,
  tenantId: z.string().check(z.minLength(1)),
});

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

const baseUrlSchema = readString((text, complain) => {
  if (!URL.canParse(text)) return complain('must be an absolute URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return complain('must have no user, query or fragment');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isPrivateHost(url.hostname))) {
    return complain('must begin with https://');
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
});

const path = z.string().check(z.regex(/^\/(?!\/)[^?#\s]+$/, 'must begin with / and have no query'));

const pathsSchema = z
  .record(z.string(), z.strictObject({ list: z.optional(path), one: z.optional(path) }))
  .check(({ value, issues }) => {
    for (const name of Object.keys(value)) {
      if (!isResourceName(name))
        issues.push({ code: 'custom', path: [name], message: 'is no resource', input: undefined });
    }
  });

/** What an account keeps of contacts beyond the closed lists. Personal families are dropped whatever is said here. */
const keepSchema = z.array(
  readString((text, complain) => {
    const [resource = '', ...path] = text.split('.');
    if (!isResourceName(resource) || path.length === 0) {
      return complain('must be a resource and the path of a field: "tenants.notes"');
    }
    if (isPersonalKey(path.join('.')) || path.some(isPersonalKey)) {
      return complain('names a personal field, which is never kept');
    }
    return text;
  }),
);

/** The content of an account's secret, as a person writes it. */
export const accountSecretSchema = z.strictObject({
  auth: z.discriminatedUnion('scheme', [basicAuthSchema, tokenAuthSchema], {
    error: 'scheme must be "basic" or "token"',
  }),
  /** Where the API is, if not at Rentvine's usual address. An origin alone means the usual path below it. */
  baseUrl: z.optional(baseUrlSchema),
  /** Where signing keys stood before they had a secret of their own. Nothing uses them here. */
  webhook: z.optional(webhookSecretSchema),
  /** Corrections of Rentvine's paths, per resource. */
  paths: z._default(pathsSchema, {}),
  /** Fields of contacts to keep beyond the usual: `tenants.customFields.Move-in bonus`. */
  keep: z._default(keepSchema, []),
});

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
