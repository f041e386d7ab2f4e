import { isDeepStrictEqual } from 'node:util';
import type { Account } from '../../shared/account/secret.ts';
import type { RentvineClient } from '../../shared/rentvine/client.ts';
import type { Resource } from '../../shared/rentvine/resource.ts';
import { type RowReaders, rowReaders } from '../../shared/rentvine/row-readers.ts';
import { type CatalogueKeeper, catalogueKeeper } from '../../shared/schema/keep-fields.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { type FieldKnowledge, fieldKnowledge } from '../../shared/store/field-knowledge.ts';
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
  /** What its lists and single reads have been seen to carry. */
  readonly fieldsOf: (resource: Resource) => FieldKnowledge;
  /** What its client reads rows with. */
  readonly readers: RowReaders;
  /** The kept catalogue of a resource's fields. */
  readonly catalogueOf: (resource: Resource) => CatalogueKeeper;
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
    const readers = rowReaders(account.keep);
    const client = rentvineAccess({ account, state, settings, readers, deadline: () => deadline });
    const access = accountAccess(account, client, { records, state, now, readers });
    kept.set(name, access);
    return access;
  };
}

/** The access that {@link accessCache} keeps. */
export function accountAccess(
  account: Account,
  client: RentvineClient,
  {
    records,
    state,
    now,
    readers,
  }: Pick<AccessCacheOptions, 'records' | 'state' | 'now'> & { readonly readers: RowReaders },
): AccountAccess {
  const collectionOf = ({ name }: Resource) => ({ account: account.name, resource: name });
  const singleReadsOf = (resource: Resource) =>
    singleReads({
      client,
      resource,
      records,
      state,
      collection: collectionOf(resource),
      now,
      controlIds: async () => {
        const { ids } = await client.listPage(resource, { page: 1, pageSize: maxControls });
        return ids.slice(0, maxControls);
      },
    });
  return {
    account,
    client,
    readers,
    singleReadsOf: oncePerResource(singleReadsOf),
    fieldsOf: oncePerResource((resource) => fieldKnowledge(state, collectionOf(resource), now)),
    catalogueOf: oncePerResource((resource) => catalogueKeeper({ state, records }, collectionOf(resource))),
  };
}

function oncePerResource<T>(make: (resource: Resource) => T): (resource: Resource) => T {
  const made = new Map<string, T>();
  return (resource) => {
    const one = made.get(resource.name) ?? make(resource);
    made.set(resource.name, one);
    return one;
  };
}
