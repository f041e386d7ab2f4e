import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { TracingMode } from '../settings.ts';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/**
 * What ES modules lack and bundled CommonJS packages expect. The variables are named so that they cannot meet a
 * package's own.
 */
const commonJsBanner = [
  "import{createRequire as $createRequire}from'node:module'",
  "import{fileURLToPath as $fileURLToPath}from'node:url'",
  "import{dirname as $dirname}from'node:path'",
  'const require=$createRequire(import.meta.url)',
  'const __filename=$fileURLToPath(import.meta.url)',
  'const __dirname=$dirname(__filename)',
].join(';');

/**
 * Where the SDK looks for credentials after the environment, which in a Lambda always has them. It imports these only
 * when it gets there; together with the clients that they bring along they would be a sixth of every bundle. The rest of
 * the SDK is bundled.
 */
const unusedCredentialSources = ['ini', 'process', 'sso', 'web-identity'].map(
  (source) => `@aws-sdk/credential-provider-${source}`,
);

/**
 * What the X-Ray SDK follows its segments with, on an async hook that costs every promise of every invocation: bundles take ours
 * instead, on AsyncLocalStorage.
 */
const replacements = { 'cls-hooked/context': './shared/observability/async-context.ts' };

/**
 * Bundles one function as a minified ES module with its source map, the AWS SDK inside.
 *
 * @param name the function's folder in `functions/`
 * @param outdir where bundles go, a folder for each function
 * @param tracing what tells of its traces; a bundle has nothing of the others
 * @returns the directory that holds `index.mjs`
 */
export function bundleFunction(name: string, outdir: string, tracing: TracingMode = 'xray'): string {
  const directory = join(outdir, `bundle.${name}`);
  const key = `${name} ${tracing}`;
  const earlier = bundled.get(key);
  if (earlier === undefined) bundleModule(`functions/${name}/handler.ts`, join(directory, 'index.mjs'), tracing);
  mkdirSync(directory, { recursive: true });
  for (const [file, content] of earlier ?? []) writeFileSync(join(directory, file), content);
  bundled.set(key, earlier ?? files.map((file) => [file, readFileSync(join(directory, file))] as const));
  return directory;
}

/** By which `imports` of package.json choose what `#tracing` is. */
const tracingConditions: Readonly<Record<TracingMode, readonly string[]>> = {
  xray: [],
  otel: ['open-telemetry'],
  off: ['untraced'],
};

const files = ['index.mjs', 'index.mjs.map'];
/** Files of each function's bundle: one process may synthesize several times, from the same sources. */
const bundled = new Map<string, (readonly [file: string, content: Buffer])[]>();

/** Bundles any module as functions are bundled, so that others can be compared with them. */
export function bundleModule(entryPoint: string, outfile: string, tracing: TracingMode = 'xray'): void {
  buildSync({
    absWorkingDir: projectRoot,
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    external: unusedCredentialSources,
    alias: replacements,
    conditions: ['module', ...tracingConditions[tracing]],
    banner: { js: commonJsBanner },
    logLevel: 'warning',
  });
}
