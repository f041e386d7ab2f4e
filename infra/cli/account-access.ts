import type { Account } from '../../shared/account/secret.ts';
import { sharedGate } from '../../shared/store/account-gate.ts';
import type { SyncSettings } from '../../shared/sync/settings.ts';
import type { Platform } from '../platform/platform.ts';

/** What a request's slot is kept for beyond its time-out. */
const slotAllowanceMs = 15_000;

/**
 * How a command calls an account's Rentvine: within the limits that it shares with the functions, and by their clock.
 *
 * @param patienceMs the longest wait for a free slot or the rate limit
 */
export function accountAccess(account: Account, platform: Platform, settings: SyncSettings, patienceMs: number) {
  const requestTimeoutMs = settings.requestTimeoutSeconds * 1000;
  const now = () => platform.now().getTime();
  const limits = { ...settings, slotMs: requestTimeoutMs + slotAllowanceMs };
  return {
    account,
    gate: sharedGate({ table: platform.state, account: account.name, settings: limits, now }),
    now,
    deadline: () => now() + patienceMs,
    requestTimeoutMs,
  };
}
