import type { Account } from '../shared/account/secret.ts';
import { createRentvineClient, type RentvineClient, type RequestEvent } from '../shared/rentvine/client.ts';
import type { RowReaders } from '../shared/rentvine/row-readers.ts';
import { sharedGate } from '../shared/store/account-gate.ts';
import type { Table } from '../shared/store/dynamo-table.ts';
import type { SyncSettings } from '../shared/sync/settings.ts';
import { breakerObserver, observeRequest, observeWait } from './observe-rentvine.ts';
import { traceRentvine } from './trace-rentvine.ts';

/** A slot of the in-flight cap is held a little longer than a request may take. */
const slotAllowanceMs = 15_000;

export interface RentvineAccessOptions {
  readonly account: Account;
  readonly state: Table;
  readonly settings: SyncSettings;
  /** Epoch milliseconds until which calls may wait or be repeated. */
  readonly deadline: () => number;
  /** Read the account's rows, and can tell afterwards which fields they had. */
  readonly readers?: RowReaders;
  /** Told of every attempt, after its metrics are recorded. */
  readonly onRequest?: (event: RequestEvent) => void;
}

/** The client of one account as every function uses it: behind the gate that they all share, and observed. */
export function rentvineAccess(options: RentvineAccessOptions): RentvineClient {
  const { account, state, settings, deadline, readers, onRequest } = options;
  const requestTimeoutMs = settings.requestTimeoutSeconds * 1000;
  return createRentvineClient({
    account,
    gate: sharedGate({
      table: state,
      account: account.name,
      settings: { ...settings, slotMs: requestTimeoutMs + slotAllowanceMs },
      onBreaker: breakerObserver(account.name),
      onWait: observeWait(account.name),
    }),
    deadline,
    requestTimeoutMs,
    trace: traceRentvine(account.name),
    ...(readers !== undefined && { readers }),
    onRequest(event) {
      observeRequest(account.name, event);
      onRequest?.(event);
    },
  });
}
