import { ConfigurationError } from '../../shared/errors.ts';
import { type DirectoryEntry, readEntry, setAccountState } from '../../shared/store/account-directory.ts';
import { audit } from '../../shared/store/audit.ts';
import type { Call } from './command.ts';
import { operatorOf } from './operator.ts';

/** Pauses or resumes the account that is named. Audited. @returns the exit code */
export async function changeAccountState(
  { positionals: [account = ''], platform, print }: Call,
  wanted: DirectoryEntry['state'],
): Promise<number> {
  const { state, now } = platform();
  const before = await readEntry(state, account);
  if (before === undefined && (await platform().findAccount(account)) === undefined) {
    throw new ConfigurationError(`There is no account "${account}".`);
  }
  const operator = await operatorOf(platform());
  await setAccountState(state, account, wanted, now());
  if (before?.state !== wanted) {
    const action = wanted === 'paused' ? 'pause-account' : 'resume-account';
    await audit(state, { action, operator, at: now(), details: { account } });
  }
  print({ account, state: wanted }, () => `${account} is ${wanted}.`);
  return 0;
}
