import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type CompanySize, companySizes, isCompanySize } from './company/counts.ts';
import type { SimulatorOptions } from './options.ts';
import { type Help, waysHelp, waysSchema } from './ways.ts';
import { type EventWaysInput, eventWaysHelp, eventWaysSchema } from './webhooks/event-ways.ts';

/** An option that does not fit; the message is for the person who typed it. */
export class UsageError extends Error {}

export interface Command {
  readonly options: SimulatorOptions;
  readonly clockOffsetMs: number;
  readonly tickMs: number;
  /** Where webhooks of the first account go, and how they look. */
  readonly webhooks?: EventWaysInput & { readonly url: string; readonly signingKey: string };
}

const general: Readonly<Record<string, string>> = {
  'port <n>': 'default 4010; 0 picks a free one',
  'seed <n>': 'default 1; the same seed gives the same companies',
  'size <size>': 'small (default), medium or large (20,000 leases)',
  'leases <n>': 'exactly so many leases instead of a size',
  'account <name>': 'may be repeated; default acme',
  'personal <what>': 'known (default) or planted: personal values under many more names, in many more places',
  'true-rents': "unit.rent is what tenants pay; by default it is a placeholder, and recurring charges say what's paid",
  'latency-ms <n>': 'default 0',
  'clock-offset-ms=<n>': "how far the server's clock is off, default 0 (=-n for behind)",
  'tick-ms <n>': 'let something happen every n milliseconds; default never',
  'webhook-url <url>': "where the first account's webhooks go; default nowhere",
  'webhook-key <key>': 'their signing key, default fake-signing-key-<account>',
  help: 'this',
};

const flagOf = (way: string): string => way.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const describeWays = (ways: Readonly<Record<string, Help>>): string[] =>
  Object.entries(ways).map(([way, { meaning, values }]) => `  --${flagOf(way).padEnd(19)} ${meaning}: ${values}`);

export const help = [
  "Runs a stand-in for Rentvine's API with generated companies.",
  '',
  '  npm run simulator -- [options]',
  '',
  ...Object.entries(general).map(([flag, meaning]) => `  --${flag.padEnd(19)} ${meaning}`),
  '',
  'How the server behaves (the first value is the default). Some may differ from resource to resource:',
  '--gone text404, or --gone leases=text404 --gone units=empty500.',
  '',
  ...describeWays(waysHelp),
  '',
  'What its webhooks look like:',
  '',
  ...describeWays(eventWaysHelp),
].join('\n');

const waysFlags = Object.keys(waysHelp).map((way) => [flagOf(way), { type: 'string', multiple: true }] as const);
const eventFlags = Object.keys(eventWaysHelp).map((way) => [flagOf(way), { type: 'string', multiple: true }] as const);

/** @throws UsageError for options that do not fit */
export function parseCommand(args: readonly string[]): Command | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      seed: { type: 'string' },
      size: { type: 'string' },
      leases: { type: 'string' },
      account: { type: 'string', multiple: true },
      personal: { type: 'string' },
      'true-rents': { type: 'boolean' },
      'latency-ms': { type: 'string' },
      'clock-offset-ms': { type: 'string' },
      'tick-ms': { type: 'string' },
      'webhook-url': { type: 'string' },
      'webhook-key': { type: 'string' },
      help: { type: 'boolean' },
      ...Object.fromEntries([...waysFlags, ...eventFlags]),
    },
  });
  if (values.help) return 'help';
  const accounts = values.account ?? ['acme'];
  const url = values['webhook-url'];
  const leases = whole('leases', values.leases, 1);
  const size = sizeOf(values.size);
  return {
    options: {
      port: whole('port', values.port, 0, 65_535) ?? 4010,
      seed: whole('seed', values.seed, 0) ?? 1,
      ...(size !== undefined && { size }),
      ...(leases !== undefined && { counts: { leases } }),
      accounts,
      personal: oneOf('personal', values.personal, ['known', 'planted']) ?? 'known',
      placeholderRents: values['true-rents'] !== true,
      latencyMs: whole('latency-ms', values['latency-ms'], 0) ?? 0,
      ...readWays(waysSchema, values),
    },
    clockOffsetMs: whole('clock-offset-ms', values['clock-offset-ms'], -(10 ** 12)) ?? 0,
    tickMs: whole('tick-ms', values['tick-ms'], 0) ?? 0,
    ...(url !== undefined && {
      webhooks: {
        url,
        signingKey: values['webhook-key'] ?? `fake-signing-key-${accounts[0]}`,
        ...readWays(eventWaysSchema, values),
      },
    }),
  };
}

type Given = Readonly<Record<string, unknown>>;

const allHelp = new Map<string, Help>(Object.entries({ ...waysHelp, ...eventWaysHelp }));

/**
 * The ways that were given, as the schema has them.
 *
 * @throws UsageError for a value that does not fit
 */
function readWays<Schema extends z.ZodObject>(schema: Schema, given: Given): z.output<Schema> {
  const found = Object.entries(schema.shape).flatMap(([way, field]) => {
    const texts = z.array(z.string()).optional().parse(given[flagOf(way)]);
    if (texts === undefined) return [];
    const fitting = readingsOf(texts).find((value) => z.safeParse(field, value).success);
    if (fitting === undefined) {
      throw new UsageError(`--${flagOf(way)} must be ${allHelp.get(way)?.values}, not "${texts.join(' ')}".`);
    }
    return [[way, fitting]];
  });
  return schema.parse(Object.fromEntries(found));
}

/** What a flag may mean: one value for each resource, a number, a list, or the text itself. */
function readingsOf(texts: readonly string[]): unknown[] {
  const pairs = texts.map((text) => text.split('='));
  const [text = ''] = texts;
  const items = texts.flatMap((each) => each.split(','));
  return [
    ...(pairs.every(({ length }) => length === 2) ? [Object.fromEntries(pairs)] : []),
    ...(texts.length === 1 ? [text, Number(text)] : []),
    items,
    items.map(Number),
  ];
}

function sizeOf(size: string | undefined): CompanySize | undefined {
  if (size === undefined || isCompanySize(size)) return size;
  throw new UsageError(`--size must be ${companySizes.join(', ')}, not "${size}".`);
}

function whole(name: string, text: string | undefined, low: number, high = 10 ** 12): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < low || value > high) {
    throw new UsageError(`--${name} must be a whole number from ${low}, not "${text}".`);
  }
  return value;
}

function oneOf<T extends string>(name: string, text: string | undefined, known: readonly T[]): T | undefined {
  if (text === undefined) return undefined;
  const found = known.find((value) => value === text);
  if (found === undefined) throw new UsageError(`--${name} must be ${known.join(' or ')}, not "${text}".`);
  return found;
}
