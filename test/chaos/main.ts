import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { synthesize } from '../../infra/synth.ts';
import { runChaos } from './run-chaos.ts';
import { shortenTimes } from './short-times.ts';

const help = `Runs the platform while its functions die, its queues deliver twice and Rentvine is down a third of the time, and
exits with 1 if anything is lost, stuck or wrong at the end.

  npm run chaos -- [options]

  --webhooks N  how many webhooks Rentvine sends; default 5000
  --seed N      for everything that is left to chance; default 1
  --short       250 webhooks, in less than a minute
  --help

Time-outs of the functions and queues are shorter than deployed ones, so that what a dead function had in hand comes back
after seconds; everything else is the stack as it is deployed.`;

const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const whole = z.coerce.number().int().positive();
const webhooksPerSecond = 25;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      webhooks: { type: 'string' },
      seed: { type: 'string', default: '1' },
      short: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const print = (text: string) => process.stdout.write(`${text}\n`);
  if (values.help) {
    print(help);
    return;
  }
  const webhooks = whole.parse(values.webhooks ?? (values.short ? 250 : 5000));
  const startedAt = Date.now();
  // Within the project, where bundles find their packages.
  mkdirSync(cache, { recursive: true });
  const workDir = mkdtempSync(join(cache, 'chaos-'));
  try {
    shortenTimes(synthesize({ outdir: join(workDir, 'as-deployed') }), join(workDir, 'shortened'));
    const { text, broken } = await runChaos({
      assemblyDir: join(workDir, 'shortened'),
      webhooks,
      seed: whole.parse(values.seed),
      seconds: webhooks / webhooksPerSecond,
      drainSeconds: values.short ? 60 : 120,
      tell: (line) => process.stderr.write(`${line}\n`),
    });
    print(`\n${text}\n`);
    for (const problem of new Set(broken)) {
      print(`BROKEN, ${broken.filter((each) => each === problem).length} times: ${problem}`);
    }
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    print(broken.length === 0 ? `Everything is accounted for, after ${seconds} s.` : 'The ledger does not balance.');
    if (broken.length > 0) process.exitCode = 1;
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

await main();
