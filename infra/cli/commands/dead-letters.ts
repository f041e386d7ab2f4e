import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { redriveDeadLetter } from '../../../shared/dead-letters/redrive.ts';
import { ConfigurationError } from '../../../shared/errors.ts';
import {
  type CloseOutcome,
  type DeadLetter,
  discardDeadLetter,
  isOpen,
  listDeadLetters,
  showDeadLetter,
} from '../../../shared/store/dead-letters.ts';
import { type Command, type Options, required, type Values } from '../command.ts';
import { connect, type Platform } from '../connect.ts';
import { formatTable } from '../table.ts';

const filterOptions: Options = {
  code: { type: 'string', value: '<code>', help: 'only those with this cause: CONTRACT' },
  source: { type: 'string', value: '<queue>', help: 'only those from this queue: webhook-events' },
  resource: { type: 'string', value: '<name>', help: 'only those about this resource: leases' },
};
const selection: Options = {
  ...filterOptions,
  all: { type: 'boolean', help: 'all that are open, or whose redrive died (and fit the other options)' },
  yes: { type: 'boolean', help: 'do not ask' },
};

const text = (values: Values, name: string): string | undefined =>
  typeof values[name] === 'string' ? values[name] : undefined;

function filterOf(values: Values) {
  const [account, code, source, resource] = ['account', 'code', 'source', 'resource'].map((name) => text(values, name));
  return {
    ...(account && { account }),
    ...(code && { code }),
    ...(source && { source }),
    ...(resource && { resource }),
  };
}

export const dlqList: Command = {
  name: 'dlq list',
  help: 'Lists dead letters that are open, the latest first.',
  options: { ...filterOptions, closed: { type: 'boolean', help: 'those too that were redriven or discarded' } },
  async run(values) {
    const platform = connect(values);
    const statuses = values.closed === true ? (['open', 'redriving', 'redriven', 'discarded'] as const) : undefined;
    const letters = await listDeadLetters(platform.state, { ...filterOf(values), ...(statuses && { statuses }) });
    if (values.json === true) console.log(JSON.stringify(letters));
    else console.log(letters.length === 0 ? 'There are no dead letters.' : tableOf(letters));
    return 0;
  },
};

const tableOf = (letters: readonly DeadLetter[]): string =>
  formatTable(
    [
      { title: 'id', value: (letter) => letter.id },
      { title: 'status', value: (letter) => letter.status },
      { title: 'source', value: (letter) => letter.source },
      { title: 'account', value: (letter) => letter.account ?? '' },
      { title: 'resource', value: (letter) => letter.resource ?? '' },
      { title: 'cause', value: (letter) => letter.code },
      { title: 'last failed at', value: (letter) => letter.lastFailedAt },
      { title: 'message', value: (letter) => letter.message.slice(0, 100) },
    ],
    letters,
  );

export const dlqShow: Command = {
  name: 'dlq show',
  positionals: '<id>',
  help: 'Prints one dead letter with the message itself, as JSON.',
  options: {},
  async run(values, [id]) {
    if (id === undefined) throw new ConfigurationError('Name the dead letter: npm run ops -- dlq show <id>.');
    const letter = await showDeadLetter(connect(values).state, id);
    if (letter === undefined) {
      console.log(`There is no dead letter ${id}.`);
      return 1;
    }
    console.log(JSON.stringify(letter, undefined, values.json === true ? undefined : 2));
    return 0;
  },
};

export const dlqRedrive: Command = {
  name: 'dlq redrive',
  positionals: '[<id> …]',
  help: 'Puts dead letters back where they came from: by id, by cause, or all.',
  options: selection,
  run: (values, ids) =>
    close(values, ids, 'redriven', (platform, id) =>
      redriveDeadLetter(id, userInfo().username, { ...platform, now: () => new Date() }),
    ),
};

export const dlqDiscard: Command = {
  name: 'dlq discard',
  positionals: '[<id> …]',
  help: 'Lets dead letters go for good, for a reason: by id, by cause, or all.',
  options: { ...selection, reason: { type: 'string', value: '<text>', help: 'why nobody needs them any more' } },
  run(values, ids) {
    const by = { operator: userInfo().username, reason: required(values, 'reason') };
    return close(values, ids, 'discarded', (platform, id) => discardDeadLetter(platform.state, id, by, new Date()));
  },
};

const outcomes: Readonly<Record<CloseOutcome, string>> = {
  done: '',
  notFound: 'there is none of this id',
  alreadyClosed: 'it is closed already',
  inProgress: 'somebody else is redriving it',
};

async function close(
  values: Values,
  ids: readonly string[],
  done: string,
  closeOne: (platform: Platform, id: string) => Promise<CloseOutcome>,
): Promise<number> {
  const platform = connect(values);
  const chosen = ids.length > 0 ? ids : await openOnes(platform, values);
  if (chosen.length === 0) {
    console.log('No open dead letter fits.');
    return 0;
  }
  if (
    !(await isConfirmed(values, `${chosen.length} dead ${chosen.length === 1 ? 'letter' : 'letters'} will be ${done}.`))
  )
    return 1;
  const results: { id: string; outcome: CloseOutcome }[] = [];
  for (const id of chosen) results.push({ id, outcome: await closeOne(platform, id) });
  if (values.json === true) console.log(JSON.stringify(results));
  else {
    for (const { id, outcome } of results)
      console.log(outcome === 'done' ? `${id}: ${done}` : `${id}: not ${done}, ${outcomes[outcome]}`);
  }
  return results.every(({ outcome }) => outcome === 'done') ? 0 : 1;
}

async function openOnes(platform: Platform, values: Values): Promise<string[]> {
  const filter = filterOf(values);
  if (values.all !== true && Object.keys(filter).length === 0) {
    throw new ConfigurationError('Say which: ids, --code, --source, --resource, --account, or --all.');
  }
  const letters = await listDeadLetters(platform.state, filter);
  return letters.filter((letter) => isOpen(letter, new Date())).map(({ id }) => id);
}

/** Asks on a terminal; elsewhere nothing destructive is done without `--yes`. */
async function isConfirmed(values: Values, what: string): Promise<boolean> {
  if (values.yes === true) return true;
  if (!process.stdin.isTTY) throw new ConfigurationError(`${what} Add --yes to do it.`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`${what} Go on? [y/N] `);
  prompt.close();
  return /^y(es)?$/i.test(answer.trim());
}
