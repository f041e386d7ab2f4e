import type { Account } from '../../../shared/account/secret.ts';
import {
  AuthenticationError,
  ConfigurationError,
  PlatformError,
  RateLimitedError,
  UnavailableError,
} from '../../../shared/errors.ts';
import { createRentvineClient, type ListPage } from '../../../shared/rentvine/client.ts';
import { type ResourceName, resourceByName } from '../../../shared/rentvine/resources/catalogue.ts';
import type { ListRequest } from '../../../shared/rentvine/urls.ts';
import type { SyncSettings } from '../../../shared/sync/settings.ts';
import type { Platform } from '../../platform/platform.ts';
import { accountAccess } from '../account-access.ts';
import { limitHeader } from '../limit-header.ts';

/** What became of one read. `notAsked`: an earlier one has shown that asking is of no use. */
export type Answer =
  | { readonly kind: 'page'; readonly page: ListPage }
  | { readonly kind: 'refused'; readonly error: PlatformError }
  | { readonly kind: 'notAsked'; readonly why: string };

/** A handful of polite reads of one account, each made once. */
export interface RentvineProbe {
  readonly account: Account;
  readonly pageSize: number;
  /** The first rows of a list, as few as the server gives. */
  list(resource: ResourceName): Promise<Answer>;
  /** A page of the list in the configured size. */
  page(resource: ResourceName, page: number): Promise<Answer>;
  /** Headers of the answers so far that tell of a limit, by lower-case name. */
  readonly limitHeaders: ReadonlyMap<string, string>;
}

/** Longest wait for the account's rate limit. */
const patienceMs = 20_000;

/** After these every further call would end the same way, or make an outage worse. */
export const isHopeless = (error: PlatformError): boolean =>
  error instanceof UnavailableError ||
  error instanceof RateLimitedError ||
  error instanceof ConfigurationError ||
  (error instanceof AuthenticationError && error.status === 401);

/** Asks as the functions do: through the account's gate, with the functions' own client, but never twice. */
export function rentvineProbe(account: Account, platform: Platform, settings: SyncSettings): RentvineProbe {
  const limitHeaders = new Map<string, string>();
  const client = createRentvineClient({
    ...accountAccess(account, platform, settings, patienceMs),
    retry: { maxAttempts: 1 },
    async fetch(input, init) {
      const response = await fetch(input, init);
      for (const [name, value] of response.headers) if (limitHeader.test(name)) limitHeaders.set(name, value);
      return response;
    },
  });
  const answers = new Map<string, Promise<Answer>>();
  let hopeless: PlatformError | undefined;

  async function ask(resource: ResourceName, request: ListRequest): Promise<Answer> {
    if (hopeless !== undefined) return { kind: 'notAsked', why: `${hopeless.code} at an earlier request` };
    try {
      return { kind: 'page', page: await client.listPage(resourceByName(resource), request) };
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      if (isHopeless(error)) hopeless = error;
      return { kind: 'refused', error };
    }
  }

  function askOnce(resource: ResourceName, request: ListRequest): Promise<Answer> {
    const key = `${resource} ${request.page} ${request.pageSize}`;
    const answer = answers.get(key) ?? ask(resource, request);
    answers.set(key, answer);
    return answer;
  }

  return {
    account,
    pageSize: settings.pageSize,
    list: (resource) => askOnce(resource, { page: 1, pageSize: 1 }),
    page: (resource, page) => askOnce(resource, { page, pageSize: settings.pageSize }),
    limitHeaders,
  };
}
