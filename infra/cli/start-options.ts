import * as z from 'zod';
import { ConfigurationError } from '../../shared/errors.ts';
import {
  commonOptions,
  describeOptions,
  flag,
  oneOf,
  option,
  readArguments,
  resourceName,
  text,
  type ValuesOf,
  wholeNumber,
} from './options.ts';

const resourceList = text.transform((names) => names.split(',').map((name) => name.trim())).pipe(z.array(resourceName));

const startOptions = {
  once: flag('one run of every resource, then exit: 0 if every one succeeded'),
  mode: option(
    '<mode>',
    'full or incremental; without it full first, incremental after',
    oneOf(['full', 'incremental']).optional(),
  ),
  resources: option(
    '<list>',
    'only these, with commas between: leases,units; without it all but recurringCharges, which take a request for each lease and follow their schedule',
    resourceList.optional(),
  ),
  'active-only': flag('active leases, their tenants, and active properties only; never marks anything deleted'),
  json: flag('the last line on stdout is one JSON object'),
  export: option('<dir>', 'afterwards write <dir>/<resource>.jsonl, one record a line', text.optional()),
  data: commonOptions.data,
  fresh: flag('forget what is there and start empty'),
  port: option(
    '<n>',
    'port of the local HTTP API; without it the first free one from 3000',
    wholeNumber(0, 65_535).optional(),
  ),
  size: option(
    '<size>',
    'of the simulated portfolio: small, medium or large',
    oneOf(['small', 'medium', 'large']).default('small'),
  ),
  'latency-ms': option('<n>', 'of the simulated Rentvine', wholeNumber(0, 60_000).default(0)),
  fault: option(
    '<name>',
    'make the alarm of this name ring after the first sync, to see it on the console; starts empty each time, with local state of its own',
    text.optional(),
  ),
  help: commonOptions.help,
};

export type StartOptions = ValuesOf<typeof startOptions>;

export const startHelp = `Runs the whole platform on this machine and mirrors a Rentvine account, by default a simulated one.

  npm start -- [options]

${describeOptions(startOptions)}

Environment, to mirror a real account instead of a simulated one:
  RENTVINE_ACCOUNT, RENTVINE_ACCESS_KEY, RENTVINE_SECRET   at a terminal the last two are asked for
  RENTVINE_BASE_URL    only for a host other than Rentvine's
  RENTVINE_WEBHOOK_SIGNING_KEY   to accept the account's webhooks at /webhooks/rentvine/<account>`;

/**
 * Reads the command line of `npm start`.
 *
 * @throws ConfigurationError, one sentence that says what is wrong
 */
export async function readStartOptions(args: readonly string[]): Promise<StartOptions> {
  const misused = (problem: string) => new ConfigurationError(`${problem}; see npm start -- --help.`);
  const { values, positionals } = readArguments(startOptions, args, misused);
  if (positionals.length > 0) throw misused(`"${positionals[0]}" is too much`);
  if (values.fault === undefined) return values;
  // Only here, because faults bring a good part of the platform along.
  const { allFaults } = await import('../faults/all-faults.ts');
  const faults = allFaults.map(({ name }) => name);
  if (!faults.includes(values.fault)) throw misused(`--fault must be one of ${faults.join(', ')}`);
  if (values.once) {
    throw new ConfigurationError('--fault shows an alarm on the console, and --once has none; leave one of them out.');
  }
  return values;
}
