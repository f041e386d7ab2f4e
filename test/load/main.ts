import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { synthesize } from '../../infra/synth.ts';
import { asText, rowsTable, writeReport } from '../bench/report.ts';
import { measureEndToEnd } from './measure-end-to-end.ts';
import { measureLoad } from './measure-load.ts';
import { measureReceiver } from './measure-receiver.ts';
import { page } from './page.ts';
import { judge, type Measured, type Plan } from './verdicts.ts';

const help = `Puts the webhook receiver under load, writes load-report/index.html, and exits with 1 if a number of the design is missed.

  npm run load -- [options]

  --rps N          requests per second at the full rate; default 500
  --connections N  open connections; default 1000
  --ramp-up S      seconds from nothing to the full rate; default 10
  --duration S     seconds at the full rate; default 60
  --short          100 requests/s over 100 connections for 10 s, and less of everything else; errors and loss are
                   judged, times are only told
  --help`;

const full = { rps: 500, connections: 1000, 'ramp-up': 10, duration: 60 };
const short = { rps: 100, connections: 100, 'ramp-up': 2, duration: 10 };
const latencyMs = 50;
/** Environments of the receiver: enough for the rate, and few enough for this machine's cores. */
const concurrency = 4;
const notes = [
  'Latency counts from the moment a request was due, not from when a connection was free for it, so that waiting hides nowhere.',
  'The webhook limit of the account was set to 10,000 a second (WEBHOOK_SETTINGS), so that it does not bind; its default is 1,000.',
  'During the load the processor is held back: every hint is then counted in the queue. In AWS it runs elsewhere; here it would compete for the same cores.',
  'The load generator, the API, the functions and AWS share this machine. What the receiver costs alone was measured in a process of its own, with an AWS that answers at once.',
];

const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const reportDirectory = fileURLToPath(new URL('../../load-report', import.meta.url));
const positive = z.coerce.number().positive();
const text = { type: 'string' } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rps: text,
      connections: text,
      'ramp-up': text,
      duration: text,
      short: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  if (values.help) {
    print(help);
    return;
  }
  const defaults = values.short ? short : full;
  const plan: Plan = {
    requestsPerSecond: positive.parse(values.rps ?? defaults.rps),
    connections: positive.int().parse(values.connections ?? defaults.connections),
    rampUpSeconds: positive.parse(values['ramp-up'] ?? defaults['ramp-up']),
    seconds: positive.parse(values.duration ?? defaults.duration),
  };
  // Within the project, where bundles find their packages.
  mkdirSync(cache, { recursive: true });
  const workDir = mkdtempSync(join(cache, 'load-'));
  try {
    const assemblyDir = synthesize({ outdir: join(workDir, 'assembly') });
    tell('The receiver alone …');
    const receiver = await measureReceiver(assemblyDir, values.short ? 1_000 : 5_000);
    tell('Webhook to stored record …');
    const sizes = values.short ? { idle: 15, busySeconds: 4 } : { idle: 60, busySeconds: 15 };
    const endToEnd = await measureEndToEnd(assemblyDir, { latencyMs, ...sizes });
    tell(`${plan.requestsPerSecond} requests/s over ${plan.connections} connections …`);
    const load = await measureLoad(assemblyDir, workDir, concurrency, plan);

    const measured: Measured = { load, endToEnd, receiver };
    const rows = judge(measured, plan, !values.short);
    const missed = rows.filter(({ ok }) => ok === false);
    const { requestsPerSecond, connections, rampUpSeconds, seconds } = plan;
    const conditions =
      `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC: ${requestsPerSecond} requests/s over ${connections} connections for ${seconds} s ` +
      `after a ramp-up of ${rampUpSeconds} s; simulator answering in ${latencyMs} ms; Node ${process.versions.node}, ${availableParallelism()} cores.`;
    const written = writeReport(reportDirectory, { 'index.html': page(measured, plan, rows, conditions, notes) });
    const summary =
      missed.length === 0 ? 'Every number holds.' : `Missed: ${missed.map(({ what }) => what).join('; ')}.`;
    print([asText(rowsTable(rows)), '', conditions, ...notes, summary, `Written to ${written}/index.html.`].join('\n'));
    if (missed.length > 0) process.exitCode = 1;
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

await main();
