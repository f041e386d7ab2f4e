import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { anyOf, isCarriedOut } from './conditions.ts';
import { directoryPartition } from './directory-partition.ts';
import { allItems, batchDelete, type Key, readItem, type Table } from './dynamo-table.ts';

const entrySchema = z.object({
  sk: z.string(),
  since: z.string(),
  state: z.enum(['active', 'paused']),
  stateSince: z.optional(z.string()),
});

/** An account as the directory has it. */
export interface DirectoryEntry {
  readonly name: string;
  /** When the directory first had it. */
  readonly since: string;
  /** Nothing is read or stored for a paused account: no jobs are planned, those under way end, and its webhooks are not taken. */
  readonly state: 'active' | 'paused';
  /** When it was last paused or resumed. */
  readonly stateSince?: string | undefined;
}

const keyOf = (name: string): Key => ({ pk: directoryPartition, sk: name });

/** All accounts, in the order of their names. */
export async function readDirectory(table: Table): Promise<DirectoryEntry[]> {
  const entries = z.array(entrySchema).parse(await allItems(table, directoryPartition));
  return entries.map(({ sk: name, ...entry }) => ({ name, ...entry }));
}

/** One account, strongly consistent; undefined when the directory does not have it. */
export async function readEntry(table: Table, name: string): Promise<DirectoryEntry | undefined> {
  const item = await readItem(table, keyOf(name));
  if (item === undefined) return undefined;
  const { sk: _sk, ...entry } = entrySchema.parse(item);
  return { name, ...entry };
}

/** Pauses an account or resumes it; one that is not in the directory is entered. To do so again changes nothing. */
export async function setAccountState(
  table: Table,
  name: string,
  state: DirectoryEntry['state'],
  now: Date,
): Promise<void> {
  await isCarriedOut(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(name),
        UpdateExpression: 'SET #state = :state, stateSince = :now, since = if_not_exists(since, :now)',
        ConditionExpression: anyOf('attribute_not_exists(pk)', '#state <> :state'),
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':state': state, ':now': now.toISOString() },
      }),
    ),
  );
}

export async function removeFromDirectory(table: Table, names: readonly string[]): Promise<void> {
  await batchDelete(table, names.map(keyOf));
}

/** Adds an account to the directory; one that is there already stays as it is. */
export async function enterAccount(table: Table, name: string, now: Date): Promise<void> {
  const entry = { since: now.toISOString(), state: 'active' } satisfies Omit<DirectoryEntry, 'name'>;
  await isCarriedOut(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...keyOf(name), ...entry },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
}

/**
 * Brings the directory in line with the accounts that have a secret: new ones are added, and those without one are removed, unless
 * they are paused.
 *
 * @param entries the directory as it was read before the accounts were looked for
 * @param accounts those that were found to have a secret, see {@link findAccounts}
 */
export async function refreshDirectory(
  table: Table,
  entries: readonly DirectoryEntry[],
  accounts: readonly string[],
  now: Date,
): Promise<void> {
  const known = new Set(entries.map(({ name }) => name));
  const hasSecret = new Set(accounts);
  for (const name of accounts) if (!known.has(name)) await enterAccount(table, name, now);
  const gone = entries.filter(({ name, state }) => state === 'active' && !hasSecret.has(name));
  await removeFromDirectory(
    table,
    gone.map(({ name }) => name),
  );
}
