import type { RentvineAccount, RentvineClient } from '../rentvine/client.ts';
import type { Resource } from '../rentvine/resource.ts';
import type { Table } from '../store/dynamo-table.ts';
import type { Run } from '../store/runs.ts';
import type { DeletionGuard } from './deletion-guard.ts';

export interface SyncSlice {
  readonly account: RentvineAccount;
  readonly resource: Resource;
  readonly client: RentvineClient;
  readonly records: Table;
  readonly state: Table;
  readonly guard: DeletionGuard;
  readonly maxInFlight: number;
  readonly now: () => Date;
  /** Epoch milliseconds at which the slice stops and leaves the rest to the next. */
  readonly endsAt: number;
  /** HTTP attempts made since the slice began. */
  readonly requests: () => number;
}

/** How a slice ended: its run is over, or goes on in another slice, at once or not before `resumeAt`. */
export type SliceEnd =
  | { readonly kind: 'finished'; readonly run: Run }
  | { readonly kind: 'outOfTime'; readonly run: Run }
  | { readonly kind: 'postponed'; readonly run: Run; readonly resumeAt: Date };
