import { logger } from '../../shared/observability/logger.ts';
import type { DirectoryEntry } from '../../shared/store/account-directory.ts';
import { allowance } from './allowance.ts';

/** Which accounts take webhooks, from the directory; no request causes more reads of it than time passes. */
export interface KnownAccounts {
  /**
   * Whether the account is in the directory, as it was read at the most half a minute ago.
   *
   * @throws what the directory's table threw, when it was never read
   */
  has(account: string): Promise<boolean>;
  /** Before any refusal, whatever its reason: reads the directory again, unless that was done too often lately. */
  refresh(): Promise<void>;
}

const keptMs = 30_000;
/** As anybody can send what is refused. A new account is known at once, or after half a second of a flood. */
const refreshes = { atOnce: 20, oneMoreEachMs: 500 };

export function knownAccounts(read: () => Promise<readonly DirectoryEntry[]>, now: () => number): KnownAccounts {
  let names: ReadonlySet<string> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const mayRefresh = allowance(refreshes, now);
  let underWay: Promise<ReadonlySet<string>> | undefined;

  async function readAll(): Promise<ReadonlySet<string>> {
    try {
      const entries = await read();
      names = new Set(entries.filter(({ state }) => state === 'active').map(({ name }) => name));
    } catch (error) {
      if (names === undefined) throw error;
      logger.warn('The directory of accounts could not be read again; what is known so far stays in use.', { error });
    }
    readAt = now();
    return names;
  }

  /** Requests that need it at the same time read it once. */
  function readOnce(): Promise<ReadonlySet<string>> {
    underWay ??= readAll().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  return {
    async has(account) {
      const known = names !== undefined && now() - readAt < keptMs ? names : await readOnce();
      return known.has(account);
    },
    async refresh() {
      if (underWay !== undefined || mayRefresh()) await readOnce();
    },
  };
}
