import type { Account } from '../../../shared/account/secret.ts';
import { createUnreadClient } from '../../../shared/rentvine/client.ts';
import { sharedGate } from '../../../shared/store/account-gate.ts';
import type { Table } from '../../../shared/store/dynamo-table.ts';
import type { SyncSettings } from '../../../shared/sync/settings.ts';
import type { Ask } from './observe.ts';

/** Longest wait for the account's rate limit, which its syncs use too. */
const patienceMs = 60_000;
const slotAllowanceMs = 15_000;

/** Asks a live account within the limits that it shares with the functions. */
export function unreadClient(account: Account, state: Table, settings: SyncSettings): Ask {
  const requestTimeoutMs = settings.requestTimeoutSeconds * 1000;
  return createUnreadClient({
    account,
    gate: sharedGate({
      table: state,
      account: account.name,
      settings: { ...settings, slotMs: requestTimeoutMs + slotAllowanceMs },
    }),
    deadline: () => Date.now() + patienceMs,
    requestTimeoutMs,
  });
}
