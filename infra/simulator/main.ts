import { parseArgs } from 'node:util';
import { controlHelp } from './control.ts';
import { companySizes, isCompanySize } from './generator/counts.ts';
import type { RowOrder } from './listing.ts';
import type { SimulatorOptions } from './options.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import type { KeySpelling, ValueSpelling } from './wire-spelling.ts';

const help = `Runs a stand-in for Rentvine's API with generated companies.

  node infra/simulator/main.ts [options]

  --port <n>             default 4010; 0 picks a free one
  --seed <n>             default 1; the same seed gives the same companies
  --size <size>          small (default), medium or large (20,000 leases)
  --leases <n>           exactly so many leases instead of a size
  --account <name>       may be repeated; default acme
  --page-cap <n>         largest page the server gives, default 500
  --latency-ms <n>       default 0
  --clock-offset-ms=<n>  how far the server's clock is off, default 0 (=-n for behind)
  --tick-ms <n>          let something happen every n milliseconds; default never
  --envelope <name>      array (default), data, results, or any other key
  --values <spelling>    mixed (default), strings or native
  --keys <spelling>      ID (default), Id or snake
  --order <order>        idAscending (default), idDescending, modifiedDescending or unstable
  --help`;

const valueSpellings: readonly ValueSpelling[] = ['mixed', 'strings', 'native'];
const keySpellings: readonly KeySpelling[] = ['ID', 'Id', 'snake'];
const orders: readonly RowOrder[] = ['idAscending', 'idDescending', 'modifiedDescending', 'unstable'];

/** An option that does not fit; the message is for the person who typed it. */
class UsageError extends Error {}

interface Command {
  readonly options: SimulatorOptions;
  readonly clockOffsetMs: number;
  readonly tickMs: number;
}

function parseCommand(args: string[]): Command | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      seed: { type: 'string' },
      size: { type: 'string' },
      leases: { type: 'string' },
      account: { type: 'string', multiple: true },
      'page-cap': { type: 'string' },
      'latency-ms': { type: 'string' },
      'clock-offset-ms': { type: 'string' },
      'tick-ms': { type: 'string' },
      envelope: { type: 'string' },
      values: { type: 'string' },
      keys: { type: 'string' },
      order: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const { size, leases } = values;
  if (size !== undefined && !isCompanySize(size)) {
    throw new UsageError(`--size must be ${companySizes.join(', ')}, not "${size}".`);
  }
  return {
    options: {
      port: whole('port', values.port, 0, 65_535) ?? 4010,
      seed: whole('seed', values.seed, 0) ?? 1,
      ...(size !== undefined && { size }),
      ...(leases !== undefined && { counts: { leases: whole('leases', leases, 1) ?? 1 } }),
      accounts: values.account ?? ['acme'],
      pageCap: whole('page-cap', values['page-cap'], 1) ?? 500,
      latencyMs: whole('latency-ms', values['latency-ms'], 0) ?? 0,
      envelope: values.envelope ?? 'array',
      values: oneOf('values', values.values, valueSpellings) ?? 'mixed',
      keys: oneOf('keys', values.keys, keySpellings) ?? 'ID',
      order: oneOf('order', values.order, orders) ?? 'idAscending',
    },
    clockOffsetMs: whole('clock-offset-ms', values['clock-offset-ms'], -(10 ** 12)) ?? 0,
    tickMs: whole('tick-ms', values['tick-ms'], 0) ?? 0,
  };
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
  if (found === undefined) throw new UsageError(`--${name} must be ${known.join(', ')}, not "${text}".`);
  return found;
}

function describe(simulator: Simulator): string {
  const accounts = simulator.accounts.map((name) => {
    const { accessKey, secret, apiKey, apiSecret, tenantId } = simulator.authentication(name).credentials;
    return [
      `  ${name}: ${simulator.baseUrl(name)}`,
      `    access key ${accessKey}, secret ${secret}`,
      `    or a token for api_key ${apiKey}, api_secret ${apiSecret}, tenant_id ${tenantId}`,
    ].join('\n');
  });
  return [
    `The simulator is listening at ${simulator.url} (the first account also at ${simulator.url}/api/manager).`,
    ...accounts,
    'Control it with:',
    ...controlHelp.map((line) => `  ${line}`),
    'Ctrl-C stops it.',
  ].join('\n');
}

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  if (command === 'help') {
    process.stdout.write(`${help}\n`);
    return;
  }
  const simulator = await startSimulator(command.options);
  simulator.setClockOffset(command.clockOffsetMs);
  process.stdout.write(`${describe(simulator)}\n`);
  const ticking =
    command.tickMs === 0
      ? undefined
      : setInterval(() => {
          for (const account of simulator.accounts) simulator.world(account).tick();
        }, command.tickMs);
  const stop = () => {
    clearInterval(ticking);
    void simulator.stop();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** What went wrong, in one sentence. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'The port is in use already; choose another with --port.';
  if (code === 'EACCES') return 'This user may not listen on that port; choose another with --port.';
  return error.message.split('\n')[0] ?? error.message;
}

main().catch((error: unknown) => {
  process.stderr.write(`${reason(error)} Try --help.\n`);
  process.exitCode = 2;
});
