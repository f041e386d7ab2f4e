import { isDeepStrictEqual } from 'node:util';
import type { Account } from '../../shared/account/secret.ts';
import type { RentvineClient } from '../../shared/rentvine/client.ts';
import type { Resource } from '../../shared/rentvine/resource.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import type { SyncSettings } from '../../shared/sync/settings.ts';
import { maxControls, type SingleReads, singleReads } from '../../shared/sync/single-reads.ts';
import { rentvineAccess } from '../rentvine-access.ts';

export interface AccessCacheOptions {
  readonly records: Table;
  readonly state: Table;
  readonly settings: SyncSettings;
  readonly readAccount: (name: string) => Promise<Account>;
  readonly now: () => Date;
}

export interface AccountAccess {
  readonly account: Account;
  readonly client: RentvineClient;
  /** The single reads of a resource; always the same ones, which remember what they have found. */
  readonly singleReadsOf: (resource: Resource) => SingleReads;
}

/**
 * Keeps an account's access from one batch to the next, so that a token that it has is used until it ends, and what is known
 * of its single reads is not asked again; a replaced secret makes a new one.
 *
 * @returns a function that rejects with ConfigurationError when the account has no usable secret
 */
export function accessCache({ records, state, settings, readAccount, now }: AccessCacheOptions) {
  const kept = new Map<string, AccountAccess>();
  let deadline = 0;
  return async (name: string, endsAt: number): Promise<AccountAccess> => {
    // Lambda gives a process one batch at a time, so all accounts share the deadline of the latest batch.
    deadline = endsAt;
    const account = await readAccount(name);
    const known = kept.get(name);
    if (known !== undefined && isDeepStrictEqual(known.account, account)) return known;
    const client = rentvineAccess({ account, state, settings, deadline: () => deadline });
    const access = accountAccess(account, client, records, state, now);
    kept.set(name, access);
    return access;
  };
}

/** @param records where the account's records are, for the fields that paths of single reads name */
export function accountAccess(
  account: Account,
  client: RentvineClient,
  records: Table,
  state: Table,
  now: () => Date,
): AccountAccess {
  const byResource = new Map<string, SingleReads>();
  const make = (resource: Resource) =>
    singleReads({
      client,
      resource,
      records,
      state,
      collection: { account: account.name, resource: resource.name },
      now,
      controlIds: async () => {
        const { ids } = await client.listPage(resource, { page: 1, pageSize: maxControls });
        return ids.slice(0, maxControls);
      },
    });
  return {
    account,
    client,
    singleReadsOf(resource) {
      const reads = byResource.get(resource.name) ?? make(resource);
      byResource.set(resource.name, reads);
      return reads;
    },
  };
}
