import { ConfigurationError } from '../../shared/errors.ts';
import { stageSettings } from '../cdk-context.ts';
import { runningPlatform } from '../platform/local-platform.ts';
import { Platform } from '../platform/platform.ts';
import { commonOptions, describeOptions, inColumns, type Options, readArguments, type ValuesOf } from './options.ts';
import { say } from './say.ts';

/** What a command works with. */
export interface Call<Given extends Options = Options> {
  readonly options: ValuesOf<Given & typeof commonOptions>;
  /** What stands beside the options: ids, a file. */
  readonly positionals: readonly string[];
  /** The stack that the options name. @throws ConfigurationError when none runs here */
  platform(): Platform;
  /** The account that the options name, or the only one. @throws ConfigurationError that says which there are */
  account(): Promise<string>;
  /** Prints this as JSON where that is asked for, and otherwise what a person reads. */
  print(value: unknown, asText: () => string): void;
}

interface CommandDefinition<Given extends Options> {
  /** Words that name it: `sync run`. */
  readonly name: string;
  /** What has to stand beside the options: `<id>`; in brackets what may: `[<id> …]`. */
  readonly positionals?: string;
  readonly help: string;
  readonly options: Given;
  /** @returns the exit code */
  readonly run: (call: Call<Given>) => Promise<number>;
}

/** One command of the operator's command line, with all of its options. */
export interface Command extends Omit<CommandDefinition<Options>, 'run'> {
  /** Runs it with these arguments. @returns the exit code @throws ConfigurationError when they do not fit */
  readonly execute: (args: readonly string[]) => Promise<number>;
}

/** Declares a command: all that it takes is checked and typed before it runs. */
export function command<Given extends Options>(definition: CommandDefinition<Given>): Command {
  const { name, positionals: expected, help, run } = definition;
  const options = { ...definition.options, ...commonOptions };
  const usage = `npm run ops -- ${name}${expected === undefined ? '' : ` ${expected}`} [options]`;
  const misused = (message: string) => new ConfigurationError(`${message}; usage: ${usage}`);

  async function execute(args: readonly string[]): Promise<number> {
    if (args.includes('--help')) {
      say(`${help}\n\n  ${usage}\n\n${describeOptions(options)}`);
      return 0;
    }
    const { values, positionals } = readArguments(options, args, misused);
    if (expected?.startsWith('<') && positionals.length === 0) throw misused(`The ${expected} is missing`);
    const maxCount = expected === undefined ? 0 : expected.includes('…') ? Number.POSITIVE_INFINITY : 1;
    if (positionals.length > maxCount) throw misused(`"${positionals[maxCount]}" is too much`);
    const { stage, data, account, json } = values;
    let connected: Platform | undefined;
    const platform = () => {
      connected ??= stage === undefined ? runningPlatform(data) : deployedPlatform(stage);
      return connected;
    };
    try {
      return await run({
        options: values,
        positionals,
        platform,
        account: () => chooseAccount(platform(), account),
        print: (value, asText) => say(json ? JSON.stringify(value) : asText()),
      });
    } finally {
      connected?.close();
    }
  }
  return { ...definition, options, execute };
}

/** Its tables are called what this working copy calls them. */
function deployedPlatform(stage: string): Platform {
  const { tableNames } = stageSettings(stage);
  return new Platform({ stage, tableNames });
}

async function chooseAccount(platform: Platform, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined && (await platform.findAccount(wanted)) !== undefined) return wanted;
  const accounts = (await platform.accounts()).map(({ name }) => name);
  const all = accounts.join(', ');
  const [only] = accounts;
  if (only === undefined) {
    throw new ConfigurationError('No account is configured; create its secret as the README says.');
  }
  if (wanted !== undefined) {
    throw new ConfigurationError(
      `There is no account "${wanted}"; there ${accounts.length === 1 ? 'is' : 'are'} ${all}.`,
    );
  }
  if (accounts.length > 1) throw new ConfigurationError(`Name one of the accounts with --account: ${all}.`);
  return only;
}

const overviewOf = (commands: readonly Command[]): string =>
  [
    'Operates the stack that runs on this machine, or a deployed one (--stage prod).',
    '  npm run ops -- <command> [options]',
    inColumns(commands.map(({ name, positionals = '', help }) => [`${name} ${positionals}`.trimEnd(), help])),
    'Each command explains itself with --help. Exit codes: 0 done, 1 not as wished, 2 wrong use.',
  ].join('\n\n');

/**
 * Finds the command that the arguments name and runs it.
 *
 * @returns the exit code
 * @throws ConfigurationError, one sentence, when the arguments fit no command
 */
export async function runCommand(commands: readonly Command[], args: readonly string[]): Promise<number> {
  const called = commands.find(({ name }) => name.split(' ').every((word, index) => args[index] === word));
  if (called !== undefined) return called.execute(args.slice(called.name.split(' ').length));
  const [first] = args;
  const kin = commands.filter(({ name }) => name.startsWith(`${first} `));
  const asksForHelp = first === undefined || args.includes('--help') || first === 'help';
  if (asksForHelp && (first === undefined || first === 'help' || first.startsWith('-') || kin.length > 0)) {
    say(overviewOf(kin.length > 0 ? kin : commands));
    return 0;
  }
  const words = args.slice(0, 2).filter((word) => !word.startsWith('-'));
  const hint = kin.length > 0 ? `there are ${kin.map(({ name }) => name).join(', ')}` : 'see npm run ops -- --help';
  throw new ConfigurationError(`There is no command "${words.join(' ')}"; ${hint}.`);
}
