import { ConfigurationError } from '../../shared/errors.ts';
import { type CloseOutcome, isOpen, listDeadLetters } from '../../shared/store/dead-letters.ts';
import { ask, isAttended } from './ask.ts';
import type { Call } from './command.ts';
import type { selectionOptions } from './dead-letter-options.ts';
import { say } from './say.ts';

type Selecting = Call<typeof selectionOptions>;

const outcomes: Readonly<Record<CloseOutcome, string>> = {
  done: '',
  notFound: 'there is none of this id',
  alreadyClosed: 'it is closed already',
  inProgress: 'somebody else is redriving it',
};

/**
 * Closes the dead letters that are named or fit, once a person has agreed.
 *
 * @param done what becomes of them: `redriven`
 * @returns the exit code
 */
export async function closeLetters(
  call: Selecting,
  done: string,
  closeOne: (id: string) => Promise<CloseOutcome>,
): Promise<number> {
  const ids = call.positionals.length > 0 ? call.positionals : await openLetters(call);
  if (ids.length === 0) {
    say('No open dead letter fits.');
    return 0;
  }
  const intent = `${ids.length} dead ${ids.length === 1 ? 'letter' : 'letters'} will be ${done}.`;
  if (!call.options.yes && !(await isAgreed(intent))) return 1;
  const results: { id: string; outcome: CloseOutcome }[] = [];
  for (const id of ids) results.push({ id, outcome: await closeOne(id) });
  call.print(results, () =>
    results
      .map(({ id, outcome }) => (outcome === 'done' ? `${id}: ${done}` : `${id}: not ${done}, ${outcomes[outcome]}`))
      .join('\n'),
  );
  return results.every(({ outcome }) => outcome === 'done') ? 0 : 1;
}

async function openLetters({ options, platform }: Selecting): Promise<string[]> {
  const { account, code, source, resource, all } = options;
  if (!all && [account, code, source, resource].every((value) => value === undefined)) {
    throw new ConfigurationError('Say which: ids, --code, --source, --resource, --account, or --all.');
  }
  const { state, now } = platform();
  const letters = await listDeadLetters(state, { account, code, source, resource });
  return letters.filter((letter) => isOpen(letter, now())).map(({ id }) => id);
}

/** Asks on a terminal; elsewhere nothing destructive is done without `--yes`. */
async function isAgreed(intent: string): Promise<boolean> {
  if (!isAttended()) throw new ConfigurationError(`${intent} Add --yes to do it.`);
  return /^y(es)?$/i.test(await ask(`${intent} Go on? [y/N] `));
}
