import { isDeepStrictEqual } from 'node:util';
import type { Account, SyncSettings } from '../../shared/config.ts';
import type { RentvineClient } from '../../shared/rentvine/client.ts';
import type { Table } from '../../shared/store/table.ts';
import { rentvineAccess } from '../rentvine-access.ts';

export interface AccessCacheOptions {
  readonly state: Table;
  readonly settings: SyncSettings;
  readonly readAccount: (name: string) => Promise<Account>;
}

export interface AccountAccess {
  readonly account: Account;
  readonly client: RentvineClient;
}

/**
 * Keeps an account's client from one batch to the next, so that a token that it has is used until it ends; a replaced
 * secret makes a new one.
 *
 * @returns a function that rejects with ConfigurationError when the account has no usable secret
 */
export function accessCache({ state, settings, readAccount }: AccessCacheOptions) {
  const kept = new Map<string, AccountAccess>();
  let deadline = 0;
  return async (name: string, endsAt: number): Promise<AccountAccess> => {
    // A function handles one batch at a time, so that the last deadline is everybody's.
    deadline = endsAt;
    const account = await readAccount(name);
    const known = kept.get(name);
    if (known !== undefined && isDeepStrictEqual(known.account, account)) return known;
    const access = { account, client: rentvineAccess({ account, state, settings, deadline: () => deadline }) };
    kept.set(name, access);
    return access;
  };
}
