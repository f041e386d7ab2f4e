import { parseArgs } from 'node:util';
import * as z from 'zod';
import { accountPattern } from '../../shared/account/name.ts';
import { parseAccountSecret } from '../../shared/account/secret.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { isResourceName, type ResourceName, resources } from '../../shared/rentvine/resources/catalogue.ts';
import { allFaults } from '../faults/all-faults.ts';

export const startHelp = `Runs the whole platform on this machine and mirrors a Rentvine account, by default a simulated one.

  npm start -- [options]

  --once               one run of every resource, then exit: 0 if every one succeeded
  --mode <mode>        full or incremental; default: full first, incremental after
  --resources <list>   only these, with commas between: leases,units
  --active-only        active leases and properties only; never marks anything deleted
  --json               the last line on stdout is one JSON object
  --export <dir>       afterwards write <dir>/<resource>.jsonl, one record a line
  --data <dir>         where the local state lives; default .local/
  --fresh              forget what is there and start empty
  --port <n>           port of the local HTTP API; default 3000
  --size <size>        of the simulated portfolio: small (default), medium, large
  --latency-ms <n>     of the simulated Rentvine; default 0
  --fault <name>       make the alarm of this name ring after the first sync, to see it on the console;
                       starts empty each time, with local state of its own
  --help

Environment, to mirror a real account instead of a simulated one:
  RENTVINE_ACCOUNT, RENTVINE_ACCESS_KEY, RENTVINE_SECRET
  RENTVINE_BASE_URL    only for a host other than Rentvine's
  RENTVINE_WEBHOOK_SIGNING_KEY   to accept the account's webhooks at /webhooks/rentvine/<account>`;

const wholeNumber = (name: string, low: number, high: number) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= low && Number(text) <= high, {
      error: `--${name} must be a whole number from ${low} to ${high}`,
    })
    .transform(Number);

const resourceList = z.string().transform((text, context): ResourceName[] => {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !isResourceName(name));
  if (unknown !== undefined) {
    context.addIssue({
      code: 'custom',
      message: `--resources does not know "${unknown}"; it knows ${resources.map(({ name }) => name).join(', ')}`,
    });
  }
  return names.filter(isResourceName);
});

const optionsSchema = z.object({
  once: z.boolean().default(false),
  mode: z.enum(['full', 'incremental'], { error: '--mode must be full or incremental' }).optional(),
  resources: resourceList.optional(),
  'active-only': z.boolean().default(false),
  json: z.boolean().default(false),
  export: z.string().min(1, '--export needs a directory').optional(),
  data: z.string().min(1, '--data needs a directory').default('.local'),
  fresh: z.boolean().default(false),
  port: wholeNumber('port', 0, 65_535).default(3000),
  size: z.enum(['small', 'medium', 'large'], { error: '--size must be small, medium or large' }).default('small'),
  'latency-ms': wholeNumber('latency-ms', 0, 60_000).default(0),
  fault: z
    .string()
    .refine((name) => allFaults.some((fault) => fault.name === name), {
      error: `--fault must be one of ${allFaults.map(({ name }) => name).join(', ')}`,
    })
    .optional(),
  help: z.boolean().default(false),
});

export type StartOptions = z.output<typeof optionsSchema>;

/**
 * Reads the command line of `npm start`.
 *
 * @throws ConfigurationError, one sentence that says what is wrong
 */
export function readStartOptions(args: string[]): StartOptions {
  let values: unknown;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        once: { type: 'boolean' },
        mode: { type: 'string' },
        resources: { type: 'string' },
        'active-only': { type: 'boolean' },
        json: { type: 'boolean' },
        export: { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        port: { type: 'string' },
        size: { type: 'string' },
        'latency-ms': { type: 'string' },
        fault: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new ConfigurationError(
      `${error instanceof Error ? error.message : 'Wrong options'}; see npm start -- --help`,
    );
  }
  const result = optionsSchema.safeParse(values);
  if (!result.success) {
    throw new ConfigurationError(`${result.error.issues.map((issue) => issue.message).join('; ')}.`);
  }
  if (result.data.fault !== undefined && result.data.once) {
    throw new ConfigurationError('--fault shows an alarm on the console, and --once has none; leave one of them out.');
  }
  return result.data;
}

/** A real account to mirror, and the text of its secret. */
export interface RealAccount {
  readonly name: string;
  readonly secret: string;
}

const variables = ['RENTVINE_ACCOUNT', 'RENTVINE_ACCESS_KEY', 'RENTVINE_SECRET'] as const;

/**
 * The account that the environment names; undefined when it names none, and the simulator is to be used.
 *
 * @throws ConfigurationError that says which variable is missing or wrong
 */
export function readRealAccount(environment: NodeJS.ProcessEnv): RealAccount | undefined {
  const present = [...variables, 'RENTVINE_BASE_URL'].filter((name) => environment[name]);
  if (present.length === 0) return undefined;
  const missing = variables.filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new ConfigurationError(`${present.join(' and ')} is set, but not ${missing.join(' and ')}; set all three.`);
  }
  const name = String(environment.RENTVINE_ACCOUNT).toLowerCase();
  if (!accountPattern.test(name)) {
    throw new ConfigurationError(
      'RENTVINE_ACCOUNT must be the first part of your Rentvine address: acme for acme.rentvine.com.',
    );
  }
  const { RENTVINE_BASE_URL: baseUrl, RENTVINE_WEBHOOK_SIGNING_KEY: signingKey } = environment;
  const secret = JSON.stringify({
    auth: { scheme: 'basic', accessKey: environment.RENTVINE_ACCESS_KEY, secret: environment.RENTVINE_SECRET },
    ...(baseUrl && { baseUrl }),
    ...(signingKey && { webhook: { dialects: ['body', 'header'], signingKeys: [signingKey] } }),
  });
  try {
    parseAccountSecret(name, secret);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(asVariables(error.message));
  }
  return { name, secret };
}

/** The secret's keys by the names of the variables that they came from. */
const asVariables = (message: string): string =>
  message
    .replace(/^The secret of account .* is wrong: /, '')
    .replace('auth.accessKey', 'RENTVINE_ACCESS_KEY')
    .replace('auth.secret', 'RENTVINE_SECRET')
    .replace('baseUrl', 'RENTVINE_BASE_URL')
    .replace('webhook.signingKeys.0', 'RENTVINE_WEBHOOK_SIGNING_KEY')
    .replace(/\.?$/, '.');
