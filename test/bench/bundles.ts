import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { bundleModule } from '../../infra/constructs/bundle.ts';
import type { FunctionDefinition } from '../../infra/local/lambda/function-pool.ts';
import { median } from './numbers.ts';
import type { Row } from './report.ts';

const run = promisify(execFile);
const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

const receiverBudget = 450_000;
const budget = 700_000;
const maxTimesTheClients = 1.6;

/** The last part of a function's name, and its folder in `functions/`. */
const folderOf = ({ name }: FunctionDefinition): string => name.split('-').slice(2).join('-');

/** Size of each bundle, and how long importing it takes beside a bundle of only the AWS clients that it uses. */
export async function measureBundles(
  functions: readonly FunctionDefinition[],
  workDir: string,
  rounds: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const definition of functions) {
    const folder = folderOf(definition);
    const bytes = statSync(definition.module).size;
    const most = folder === 'webhook-receiver' ? receiverBudget : budget;
    rows.push({
      what: `bundle of ${folder}`,
      measured: `${Math.round(bytes / 1000)} KB`,
      target: `< ${most / 1000} KB`,
      ok: bytes < most,
    });
    const clients = bundleClients(folder, workDir);
    const pairs: { readonly own: number; readonly only: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      // Back to back, so that whatever else the machine does at that moment slows both down.
      const only = await importMs(clients, definition.environment);
      pairs.push({ own: await importMs(definition.module, definition.environment), only });
    }
    const ratio = median(pairs.map(({ own, only }) => own / only));
    const [ownMs, onlyMs] = [median(pairs.map(({ own }) => own)), median(pairs.map(({ only }) => only))];
    rows.push({
      what: `import of ${folder}, beside only its AWS clients`,
      measured: `${ratio.toFixed(2)} × (${ownMs.toFixed(0)} ms, ${onlyMs.toFixed(0)} ms)`,
      target: `< ${maxTimesTheClients} ×`,
      ok: ratio < maxTimesTheClients,
    });
  }
  return rows;
}

const importsOfSdk = /^import (?!type )\{([^}]*)\} from '(@aws-sdk\/(?:client|lib)-[^']+)';$/gm;

/** Bundles what a function's sources import from the AWS SDK, its clients made as the handler makes them. */
function bundleClients(folder: string, workDir: string): string {
  const names = new Map<string, Set<string>>();
  for (const file of sourcesOf(`functions/${folder}/handler.ts`)) {
    for (const [, list = '', from = ''] of readFileSync(join(projectRoot, file), 'utf8').matchAll(importsOfSdk)) {
      const values = list.split(',').map((name) => name.trim());
      const known = names.get(from) ?? new Set();
      for (const name of values) if (name !== '' && !name.startsWith('type ')) known.add(name);
      names.set(from, known);
    }
  }
  const modules = [...names].map(([from, all]) => ({ from, all: [...all] }));
  const clients = modules.flatMap(({ from, all }) =>
    from.includes('/client-') ? all.filter((name) => name.endsWith('Client')) : [],
  );
  const entry = join(workDir, `clients.${folder}`, 'entry.ts');
  mkdirSync(dirname(entry), { recursive: true });
  writeFileSync(
    entry,
    [
      ...modules.map(({ from, all }) => `import { ${all.join(', ')} } from '${from}';`),
      `export const all = [${modules.flatMap(({ all }) => all).join(', ')}];`,
      `export const clients = [${clients.map((client) => `new ${client}()`).join(', ')}];`,
    ].join('\n'),
  );
  const bundle = join(dirname(entry), 'index.mjs');
  bundleModule(entry, bundle);
  return bundle;
}

/** The project's own files that a module consists of. */
function sourcesOf(entryPoint: string): string[] {
  const { metafile } = buildSync({
    absWorkingDir: projectRoot,
    entryPoints: [entryPoint],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

const timedImport =
  'const before = process.cpuUsage(); await import(process.argv[1]); const { user, system } = process.cpuUsage(before); ' +
  'process.stdout.write(String((user + system) / 1000)); process.exit();';

/**
 * In a process of its own, as a cold start does it. An import is computing from beginning to end, so its CPU time is how
 * long it takes, whatever else the machine is busy with.
 */
async function importMs(module: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', timedImport, pathToFileURL(module).href],
    { env: { ...environment, PATH: process.env.PATH ?? '' } },
  );
  return Number(stdout.trim().split('\n').at(-1));
}
