import type { Key } from './dynamo-table.ts';

/** Whose records: one account's copy of one resource. */
export interface Collection {
  readonly account: string;
  readonly resource: string;
}

export const partition = ({ account, resource }: Collection): string => `${account}#${resource}`;
export const keyOf = (collection: Collection, id: string): Key => ({ pk: partition(collection), sk: id });

/** The account and resource that a record's partition key names. */
export function collectionOf(pk: string): Collection {
  const separator = pk.indexOf('#');
  return { account: pk.slice(0, separator), resource: pk.slice(separator + 1) };
}
