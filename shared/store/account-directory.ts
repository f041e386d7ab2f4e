import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { directoryPartition } from './directory-partition.ts';
import { allItems, batchDelete, type Table } from './dynamo-table.ts';

const entrySchema = z.object({ sk: z.string(), since: z.string(), state: z.enum(['active', 'paused']) });

/** An account as the directory has it. */
export interface DirectoryEntry {
  readonly name: string;
  /** When the directory first had it. */
  readonly since: string;
  /** Webhooks of a paused account are not taken. */
  readonly state: 'active' | 'paused';
}

/** Secrets Manager may list a new secret five minutes late, and go on listing one that is gone. */
const listingLagMs = 15 * 60_000;

/** All accounts, in the order of their names. */
export async function readDirectory(table: Table): Promise<DirectoryEntry[]> {
  const entries = z.array(entrySchema).parse(await allItems(table, directoryPartition));
  return entries.map(({ sk: name, ...entry }) => ({ name, ...entry }));
}

/** Adds an account to the directory; one that is there already stays as it is. */
export async function enterAccount(table: Table, name: string, now: Date): Promise<void> {
  const entry = { since: now.toISOString(), state: 'active' } satisfies Omit<DirectoryEntry, 'name'>;
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { pk: directoryPartition, sk: name, ...entry },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/**
 * Brings the directory in line with the accounts that Secrets Manager lists: new ones are added, and those that are no longer listed
 * are removed, unless they are so new that the listing may not have them yet.
 */
export async function refreshDirectory(table: Table, listed: readonly string[], now: Date): Promise<void> {
  const entries = await readDirectory(table);
  const known = new Set(entries.map(({ name }) => name));
  const isListed = new Set(listed);
  for (const name of listed) if (!known.has(name)) await enterAccount(table, name, now);
  const gone = entries.filter(
    ({ name, since }) => !isListed.has(name) && Date.parse(since) < now.getTime() - listingLagMs,
  );
  await batchDelete(
    table,
    gone.map(({ name }) => ({ pk: directoryPartition, sk: name })),
  );
}
