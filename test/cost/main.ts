import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { synthesize } from '../../infra/synth.ts';
import { readModel } from '../bench/assembly.ts';
import { grouped } from '../bench/numbers.ts';
import { asMarkdown, asText, type TextTable, writeReport } from '../bench/report.ts';
import { type Measured, measure } from './measure.ts';
import {
  assumptions,
  type Charge,
  dollarsOfTick,
  habits,
  monthOf,
  samplesOf,
  services,
  type Template,
} from './month.ts';
import { pricesAsOf, unverified } from './prices.ts';
import { alarmMetricsOf, countOf, readQueueMappings, readTicks, readWatches } from './template.ts';
import { at, lineThrough, noUsage, plus, type Usage, usageKeys } from './usage.ts';

const help = `Tells what a month costs, from counts that are measured on the local stack and from a price list.

  npm run cost -- [options]

  --quick   smaller companies: faster, and less sure about how costs grow
  --help`;

const portfolios = [500, 5_000, 50_000];
const latencyMs = 150;
const retentionDays = 30;
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, help: { type: 'boolean' } } });
  const tell = (text: string) => process.stdout.write(`${text}\n`);
  if (values.help) {
    tell(help);
    return;
  }
  const sizes = values.quick ? [50, 100, 150] : [100, 300, 500];
  mkdirSync(root('node_modules/.cache'), { recursive: true });
  const workDir = mkdtempSync(root('node_modules/.cache/cost-'));
  try {
    const assemblyDir = synthesize({ outdir: join(workDir, 'assembly') });
    const model = readModel(assemblyDir, 'http://127.0.0.1:9');
    const ticks = readTicks(model);
    const watches = readWatches(model);
    const template: Template = {
      ticks,
      queues: readQueueMappings(model),
      watches,
      alarmMetrics: alarmMetricsOf(model),
      compositeAlarms: countOf(model, 'AWS::CloudWatch::CompositeAlarm'),
      dashboards: countOf(model, 'AWS::CloudWatch::Dashboard'),
      retentionDays,
    };
    const samples: Measured[] = [];
    for (const units of sizes) {
      process.stderr.write(`Metering every kind of run on a company of ${units} units …\n`);
      samples.push(await measure({ assemblyDir, units, ticks, watches, latencyMs }));
    }
    const months = portfolios.map((units) => monthOf(units, samples, template));
    const tables = [
      { title: 'A month by service', table: sumTable(months, services, ({ service }) => service) },
      { title: 'A month by habit', table: sumTable(months, habits, ({ habit }) => habit) },
      { title: 'A month of runs by schedule, metrics and standing charges apart', table: tickTable(samples, template) },
      { title: 'What one of each is billed for', table: usageTable(samples) },
      { title: 'Whether it grows in a straight line', table: linearityTable(samples) },
    ];
    const notes = [
      `US dollars, list prices of us-east-1 as of ${pricesAsOf} (${unverified}); no free tier.`,
      `Assumed: ${assumptions.changesPerUnitMonth} changes per unit and month, ${assumptions.toldByWebhook * 100} % of them told by webhook; ${assumptions.accounts} account; Rentvine answering in ${latencyMs} ms.`,
      'Lambda is an upper bound: all of its time counted as computing at its share of a core.',
      ...months.map((month, index) => mostExpensive(portfolios[index] ?? 0, month)),
    ];
    tell([...tables.flatMap(({ title, table }) => [`${title}:`, asText(table), '']), ...notes].join('\n'));
    const markdown = tables.map(({ title, table }) => `## ${title}\n\n${asMarkdown(table)}\n`);
    const written = writeReport(root('reports/cost'), {
      'cost.md': ['# Cost', '', ...markdown, ...notes.map((note) => `- ${note}`), ''].join('\n'),
    });
    tell(`Written to ${written}.`);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
const total = (charges: readonly Charge[]): number => charges.reduce((sum, charge) => sum + charge.dollars, 0);

function sumTable(
  months: readonly (readonly Charge[])[],
  names: readonly string[],
  nameOf: (charge: Charge) => string,
): TextTable {
  const line = (name: string, matches: (charge: Charge) => boolean) => [
    name,
    ...months.map((month) => dollars(total(month.filter(matches)))),
  ];
  const lines = names.map((name) => line(name, (charge) => nameOf(charge) === name));
  return {
    titles: ['', ...portfolios.map((units) => `${grouped(units)} units`)],
    rows: [...lines, line('all', () => true)],
  };
}

function tickTable(samples: readonly Measured[], template: Template): TextTable {
  const lines = template.ticks
    .map((tick) => ({ tick, amounts: portfolios.map((units) => dollarsOfTick(tick, units, samples, template)) }))
    .sort((a, b) => (b.amounts.at(-1) ?? 0) - (a.amounts.at(-1) ?? 0));
  return {
    titles: ['', 'runs', ...portfolios.map((units) => `${grouped(units)} units`)],
    rows: lines.map(({ tick: { resource, mode, perMonth }, amounts }) => [
      `${resource}, ${mode}`,
      grouped(perMonth),
      ...amounts.map(dollars),
    ]),
  };
}

function mostExpensive(units: number, month: readonly Charge[]): string {
  const sums = new Map<string, number>();
  for (const { service, habit, dollars: amount } of month) {
    const key = `${service} for ${habit}`;
    sums.set(key, (sums.get(key) ?? 0) + amount);
  }
  const [first] = [...sums].sort((a, b) => b[1] - a[1]);
  return `The most expensive habit at ${grouped(units)} units: ${first?.[0]}, ${dollars(first?.[1] ?? 0)} of ${dollars(total(month))}.`;
}

const shown = (value: number): string => (value >= 100 ? grouped(value) : String(Number(value.toPrecision(3))));

/** Every kind of run of the largest company measured, all resources together. */
function usageTable(samples: readonly Measured[]): TextTable {
  const largest = samples.at(-1);
  const kinds: [string, Usage][] =
    largest === undefined
      ? []
      : [
          ['first full read', largest.first.usage],
          ['full read, unchanged', allOf(largest, 'full')],
          ['look for changes, none', allOf(largest, 'incremental')],
          ['one change found', largest.change.usage],
          ['one webhook', largest.webhook?.usage ?? noUsage],
        ];
  return {
    titles: [`${largest?.units} units, all resources`, ...usageKeys],
    rows: kinds.map(([name, usage]) => [name, ...usageKeys.map((key) => shown(usage[key]))]),
  };
}

const allOf = ({ idle }: Measured, mode: 'full' | 'incremental'): Usage =>
  [...idle]
    .filter(([schedule]) => schedule.endsWith(`-${mode}`))
    .map(([, { usage }]) => usage)
    .reduce(plus, noUsage);

/** What the line through the smallest and the largest company says of the one between, beside what was measured there. */
function linearityTable(samples: readonly Measured[]): TextTable {
  const between = samples[1];
  const judged = ['readUnits', 'writeUnits', 'logBytes', 'gbSeconds'] as const;
  if (between === undefined) return { titles: [], rows: [] };
  const rows = (['full', 'incremental'] as const).map((mode) => {
    const line = lineThrough(
      samplesOf(samples, (measured) => ({ usage: allOf(measured, mode), metrics: new Set<string>() })),
    );
    const [said, seen] = [at(line, between.units), allOf(between, mode)];
    return [
      `${mode} reads at ${between.units} units`,
      ...judged.map((key) => `${shown(said[key])} / ${shown(seen[key])}`),
    ];
  });
  return { titles: ['line / measured', ...judged], rows };
}

await main();
