import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readEntry } from '../store/account-directory.ts';
import type { Table } from '../store/dynamo-table.ts';
import { describeAccount } from './list-accounts.ts';

/** Whether anything is to be done for an account: `gone` are those without a secret that nobody has entered. */
export type Standing = 'active' | 'paused' | 'gone';

/**
 * Tells how accounts stand, at this very moment: what is paused or removed must not be written anew. An account that is so new that
 * the directory does not have it yet is known by its secret.
 */
export const standings =
  (state: Table, secrets: SecretsManagerClient, secretPrefix: string) =>
  async (account: string): Promise<Standing> => {
    const entry = await readEntry(state, account);
    if (entry !== undefined) return entry.state;
    return (await describeAccount(secrets, secretPrefix, account)) === undefined ? 'gone' : 'active';
  };
