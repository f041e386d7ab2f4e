import { describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import {
  enterAccount,
  readDirectory,
  readEntry,
  refreshDirectory,
  removeFromDirectory,
  setAccountState,
} from './account-directory.ts';

const tables = emptyTables();
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));
const names = async () => (await readDirectory(tables.state)).map(({ name }) => name);
const refresh = async (found: readonly string[], minute: number) =>
  refreshDirectory(tables.state, await readDirectory(tables.state), found, at(minute));

describe('the directory of accounts', () => {
  it('has the accounts that have a secret, since when it first had them', async () => {
    await refresh(['zenith', 'acme'], 0);
    await enterAccount(tables.state, 'acme', at(1));
    await refresh(['zenith', 'acme'], 1);
    expect(await readDirectory(tables.state)).toEqual([
      { name: 'acme', since: at(0).toISOString(), state: 'active' },
      { name: 'zenith', since: at(0).toISOString(), state: 'active' },
    ]);
    await refresh(['acme'], 2);
    expect(await names()).toEqual(['acme']);
  });

  it('keeps an account that was entered after it was read', async () => {
    const before = await readDirectory(tables.state);
    await enterAccount(tables.state, 'new', at(0));
    await refreshDirectory(tables.state, before, [], at(0));
    expect(await names()).toEqual(['new']);
  });

  it('pauses and resumes an account once, and keeps a paused one until it is taken out, secret or not', async () => {
    await enterAccount(tables.state, 'acme', at(0));
    await setAccountState(tables.state, 'acme', 'paused', at(1));
    await setAccountState(tables.state, 'acme', 'paused', at(2));
    const paused = { name: 'acme', since: at(0).toISOString(), state: 'paused', stateSince: at(1).toISOString() };
    expect(await readEntry(tables.state, 'acme')).toEqual(paused);
    await refresh([], 3);
    expect(await readDirectory(tables.state)).toEqual([paused]);
    await setAccountState(tables.state, 'acme', 'active', at(4));
    expect(await readEntry(tables.state, 'acme')).toMatchObject({ state: 'active', stateSince: at(4).toISOString() });
    await removeFromDirectory(tables.state, ['acme']);
    expect(await readEntry(tables.state, 'acme')).toBeUndefined();
  });
});
