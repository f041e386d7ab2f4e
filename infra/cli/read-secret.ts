import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ConfigurationError } from '../../shared/errors.ts';
import { gone, option, text as optionText } from './options.ts';

/** Takes the place of options with a secret in them: shells keep those in their history, and every user's `ps` shows them. */
export const secretFile = (what: string) =>
  option('<file>', `a file with ${what}, or - to type it unseen or to pipe it in`, optionText.optional());

/** An option that took a secret itself. */
export const goneSecret = (instead: string) =>
  gone(`is gone, because shells keep it in their history: use ${instead} <file>, or ${instead} - to type it unseen`);

/** Asks a person at the terminal, who types unseen. @throws ConfigurationError when the person gives up */
export async function askUnseen(what: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true });
  process.stderr.write(`${what}: `);
  try {
    const gaveUp = new Promise<never>((_, reject) => {
      for (const event of ['SIGINT', 'close'])
        lines.once(event, () => reject(new ConfigurationError(`Nothing was typed for ${what}.`)));
    });
    return (await Promise.race([lines.question(''), gaveUp])).trim();
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

/**
 * Reads a secret from a file, or for `-` from standard input: typed unseen at a terminal, else all that is piped in. Line
 * breaks around it are no part of it.
 *
 * @throws ConfigurationError when there is none
 */
export async function readSecret(source: string, what: string): Promise<string> {
  const secret = await (source === '-'
    ? process.stdin.isTTY
      ? askUnseen(what)
      : text(process.stdin)
    : fromFile(source));
  if (secret.trim() === '') throw new ConfigurationError(`${source === '-' ? 'Standard input' : source} is empty.`);
  return secret.trim();
}

function fromFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError(`${path} cannot be read.`);
  }
}

/**
 * The environment, with what it lacks of an account's API key typed in where a person sits at the terminal: then no shell's
 * history has it.
 */
export async function withTypedKey(
  environment: NodeJS.ProcessEnv,
  { isTerminal = process.stdin.isTTY, ask = askUnseen } = {},
): Promise<NodeJS.ProcessEnv> {
  if (!isTerminal || !environment.RENTVINE_ACCOUNT) return environment;
  const typed: Record<string, string> = {};
  for (const [name, what] of [
    ['RENTVINE_ACCESS_KEY', 'Access key of the Rentvine API'],
    ['RENTVINE_SECRET', 'Secret of the Rentvine API'],
  ] as const) {
    if (!environment[name]) typed[name] = await ask(what);
  }
  return { ...environment, ...typed };
}
