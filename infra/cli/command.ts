import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../shared/errors.ts';

/** One option of a command. `--help` is generated from these. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for its value in the help: `--account <name>`. */
  readonly value?: string;
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;
export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** One command of the operator's command line. */
export interface Command {
  /** Words that name it: `sync run`. */
  readonly name: string;
  /** What follows the options, for the help: `<id>`. */
  readonly positionals?: string;
  readonly help: string;
  readonly options: Options;
  /** @returns the exit code */
  readonly run: (values: Values, positionals: readonly string[]) => Promise<number>;
}

/** Options of every command. */
export const commonOptions: Options = {
  stage: {
    type: 'string',
    value: '<stage>',
    help: 'a deployed stage, with the AWS credentials of the shell; default: the stack that runs here',
  },
  data: { type: 'string', value: '<dir>', help: 'where the stack that runs here keeps its state; default .local/' },
  account: { type: 'string', value: '<name>', help: 'the Rentvine account; may be left out where there is only one' },
  json: { type: 'boolean', help: 'print JSON, for programs' },
  help: { type: 'boolean', help: 'this text' },
};

const usageOf = ({ name, positionals }: Command): string =>
  `npm run ops -- ${name}${positionals === undefined ? '' : ` ${positionals}`} [options]`;

function helpOf(command: Command): string {
  const options = Object.entries({ ...command.options, ...commonOptions }).map(
    ([name, option]) => [`--${name}${option.value === undefined ? '' : ` ${option.value}`}`, option.help] as const,
  );
  const width = Math.max(...options.map(([name]) => name.length));
  return [
    command.help,
    '',
    `  ${usageOf(command)}`,
    '',
    ...options.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`),
  ].join('\n');
}

/** The list of all commands. */
export function overviewOf(commands: readonly Command[]): string {
  const lines = commands.map(
    (command) => [`${command.name} ${command.positionals ?? ''}`.trimEnd(), command.help] as const,
  );
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    'Operates the stack that runs on this machine, or a deployed one (--stage prod).',
    '',
    '  npm run ops -- <command> [options]',
    '',
    ...lines.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`),
    '',
    'Each command explains itself with --help. Exit codes: 0 done, 1 not as wished, 2 wrong use.',
  ].join('\n');
}

/**
 * Finds the command that the arguments name and runs it.
 *
 * @returns the exit code
 * @throws ConfigurationError, one sentence, when the arguments fit no command
 */
export async function runCommand(commands: readonly Command[], args: readonly string[]): Promise<number> {
  const command = commands.find(({ name }) => name.split(' ').every((word, index) => args[index] === word));
  if (command === undefined) {
    const isHelp = args.length === 0 || args.includes('--help');
    if (!isHelp)
      throw new ConfigurationError(`There is no command "${args.slice(0, 2).join(' ')}"; see npm run ops -- --help.`);
    console.log(overviewOf(commands));
    return 0;
  }
  const { values, positionals } = parse(command, args.slice(command.name.split(' ').length));
  if (values.help === true) {
    console.log(helpOf(command));
    return 0;
  }
  return command.run(values, positionals);
}

function parse(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...commonOptions }).map(([name, { type }]) => [name, { type }]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: command.positionals !== undefined });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'Wrong options';
    throw new ConfigurationError(`${reason}; usage: ${usageOf(command)}`);
  }
}

/** The text of an option that a command cannot do without. */
export function required(values: Values, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value === '') throw new ConfigurationError(`--${name} is missing.`);
  return value;
}
