import { describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { enterAccount, readDirectory, refreshDirectory } from './account-directory.ts';

const tables = emptyTables();
const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minutes));
const names = async () => (await readDirectory(tables.state)).map(({ name }) => name);

describe('the directory of accounts', () => {
  it('has each account that is listed, since it was first seen, and costs a read where nothing changed', async () => {
    await refreshDirectory(tables.state, ['zenith', 'acme'], at(0));
    tables.requests.length = 0;
    await refreshDirectory(tables.state, ['zenith', 'acme'], at(1));
    expect(tables.requests).toHaveLength(1);
    expect(await readDirectory(tables.state)).toEqual([
      { name: 'acme', since: at(0).toISOString(), state: 'active' },
      { name: 'zenith', since: at(0).toISOString(), state: 'active' },
    ]);
  });

  it('forgets one that is no longer listed, but not one that the listing may not have yet', async () => {
    await refreshDirectory(tables.state, ['acme'], at(0));
    await enterAccount(tables.state, 'brand-new', at(20));
    await refreshDirectory(tables.state, [], at(21));
    expect(await names()).toEqual(['brand-new']);
    await refreshDirectory(tables.state, [], at(36));
    expect(await names()).toEqual([]);
  });
});
