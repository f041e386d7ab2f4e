import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { synthesize } from '../../infra/synth.ts';
import { syncSettingsSchema } from '../../shared/sync/settings.ts';
import { readFunctions } from './assembly.ts';
import { measureBundles } from './bundles.ts';
import { growthPlot, growthRows, growthTable, measureGrowth, sliceRows } from './growth.ts';
import { measurePasses } from './passes.ts';
import { asMarkdown, asText, rowsTable, writeReport } from './report.ts';

const help = `Measures the design's numbers and exits with 1 if one is missed.

  npm run bench -- [options]

  --quick   small companies, in about a minute; says little about the numbers that depend on size
  --help`;

const full = { leases: 20_000, written: 5_000, sizes: [1_000, 10_000, 100_000], rounds: 5, imports: 11 };
const quick = { leases: 2_000, written: 500, sizes: [200, 1_000], rounds: 1, imports: 3 };
const latencyMs = 100;
const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const reportDirectory = fileURLToPath(new URL('../../reports/bench', import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, help: { type: 'boolean' } } });
  const tell = (text: string) => process.stdout.write(`${text}\n`);
  if (values.help) {
    tell(help);
    return;
  }
  const [load = 0] = loadavg();
  const size = values.quick ? quick : full;
  const { pageSize } = syncSettingsSchema.parse({});
  // Within the project, where bundles find their packages.
  mkdirSync(cache, { recursive: true });
  const workDir = mkdtempSync(join(cache, 'bench-'));
  try {
    process.stderr.write('Synthesizing the stacks …\n');
    const assemblyDir = synthesize({ outdir: join(workDir, 'assembly') });
    const functions = readFunctions(assemblyDir);
    process.stderr.write('Importing bundles …\n');
    const bundles = await measureBundles(functions, workDir, size.imports);
    process.stderr.write('Reading and storing pages …\n');
    const passes = await measurePasses({ ...size, assemblyDir, pageSize, latencyMs });
    process.stderr.write('Syncing companies of different sizes …\n');
    const growth = await measureGrowth(size.sizes, { assemblyDir, latencyMs });

    const rows = [...passes, ...growthRows(growth, pageSize), ...sliceRows(functions), ...bundles];
    const numbers = rowsTable(rows);
    const curves = growthTable(growth.points);
    const missed = rows.filter(({ ok }) => ok === false);
    const conditions = `${pageSize} rows a page, simulator answering in ${latencyMs} ms, Node ${process.versions.node}, ${availableParallelism()} cores with a load of ${load.toFixed(1)} before${values.quick ? ', quick run' : ''}`;
    const summary =
      missed.length === 0 ? 'Every number holds.' : `Missed: ${missed.map(({ what }) => what).join('; ')}.`;
    tell([asText(numbers), '', asText(curves), '', conditions, summary].join('\n'));
    const written = writeReport(reportDirectory, {
      'bench.md': `# Numbers\n\n${new Date().toISOString().slice(0, 10)}: ${conditions}. ${summary}\n\n${asMarkdown(numbers)}\n\n## Growth\n\n${asMarkdown(curves)}\n\n![growth](growth.svg)\n`,
      'growth.svg': growthPlot(growth.points),
    });
    tell(`Written to ${written}.`);
    if (missed.length > 0) process.exitCode = 1;
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

await main();
