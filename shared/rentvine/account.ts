import { ConfigurationError } from '../errors.ts';

/** How an account proves who it is. Basic is Rentvine's documented way; the token is its older API's. */
export type AccountAuth =
  | { readonly scheme: 'basic'; readonly accessKey: string; readonly secret: string }
  | { readonly scheme: 'token'; readonly apiKey: string; readonly apiSecret: string; readonly tenantId: string };

/** One Rentvine company: where its API is and how to get in. */
export interface RentvineAccount {
  readonly name: string;
  /** `https://{account}.rentvine.com/api/manager`, with or without a slash at the end. */
  readonly baseUrl: string;
  readonly auth: AccountAuth;
  /** Corrections of the resources' paths: the published ones have been wrong before. */
  readonly paths?: Readonly<
    Record<string, { readonly list?: string | undefined; readonly one?: string | undefined } | undefined>
  >;
  /** Fields of contacts that are kept beyond the usual, as `<resource>.<path>`. */
  readonly keep?: readonly string[];
}

/** A path below the account's base URL. */
export function apiUrl(account: RentvineAccount, path: string): URL {
  return new URL(`${account.baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`);
}

/**
 * Refuses an account that could only fail later, and then with its credentials in somebody else's error message: fetch
 * quotes a URL that holds a password, and a header value that is not one.
 *
 * @throws ConfigurationError naming the key, never its value
 */
export function assertUsableAccount(account: RentvineAccount): void {
  const refuse = (key: string, why: string): never => {
    throw new ConfigurationError(`${key} of account "${account.name}" ${why}`);
  };
  if (!isHeaderValue(account.name)) throw new ConfigurationError('The account has a name that no header can carry');

  const url = URL.canParse(account.baseUrl) ? new URL(account.baseUrl) : refuse('baseUrl', 'is not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('baseUrl', 'is not an http(s) URL');
  if (url.username !== '' || url.password !== '') refuse('baseUrl', 'holds credentials; they belong under auth');
  if (url.search !== '' || url.hash !== '') refuse('baseUrl', 'has a query or a fragment');

  const { auth } = account;
  for (const [key, value] of Object.entries(auth)) if (value === '') refuse(`auth.${key}`, 'is empty');
  // RFC 7617 §2: the first colon ends the user, so a key with a colon would be read as another key.
  if (auth.scheme === 'basic' && auth.accessKey.includes(':')) refuse('auth.accessKey', 'holds a colon');
  if (auth.scheme === 'token' && !isHeaderValue(auth.tenantId)) refuse('auth.tenantId', 'cannot go into a header');
}

/** Visible ASCII with inner spaces: the part of RFC 9110 §5.5 that every server reads alike. */
function isHeaderValue(value: string): boolean {
  return /^[\x21-\x7e]+( +[\x21-\x7e]+)*$/.test(value);
}
