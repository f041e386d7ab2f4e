import type { Table } from '../../shared/store/dynamo-table.ts';
import type { SyncSettings } from '../../shared/sync/settings.ts';
import type { AccountAccess } from './access-cache.ts';
import type { RecentReads } from './recent-reads.ts';

/** What reading something because of a webhook needs: the account's access, and where answers are stored. */
export interface RefreshDependencies extends AccountAccess {
  readonly records: Table;
  readonly state: Table;
  readonly settings: SyncSettings;
  readonly now: () => Date;
  readonly recent: RecentReads;
}
