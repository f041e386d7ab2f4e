import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const cache = `${project}node_modules/.cache/assemblies/`;
/** What runs or watches a stack that is there already, and so is no part of it. */
const notSynthesized = /^infra\/(?:cli|console|faults|local|simulator)\/|\.test\.ts$/;
const maxUnusedMs = 2 * 60 * 60 * 1000;
const touchEveryMs = 60 * 60 * 1000;

export interface AssemblyOptions {
  /** Context on top of `cdk.json`: `{ stage: 'dev' }`. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Told before a synthesis, which takes some seconds. */
  readonly onSynthesis?: () => void;
}

/**
 * The app's cloud assembly, synthesized only if its sources changed since the last time. It stays until this process ends;
 * several processes may ask at once.
 *
 * @returns the assembly's directory
 * @throws ConfigurationError for a wrong context key; Error when bundling fails or a check does not pass
 */
export async function cachedAssembly({ context = {}, onSynthesis }: AssemblyOptions = {}): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const directory = `${cache}${digestOf(context)}`;
  if (!existsSync(`${directory}/manifest.json`)) {
    onSynthesis?.();
    forgetUnused();
    const inProgress = `${directory}-${process.pid}`;
    rmSync(inProgress, { recursive: true, force: true });
    // Only here, because it brings the whole of CDK along.
    const { synthesize } = await import('./synth.ts');
    synthesize({ outdir: inProgress, context });
    try {
      renameSync(inProgress, directory);
    } catch (error) {
      // Another process was faster.
      if (!existsSync(`${directory}/manifest.json`)) throw error;
      rmSync(inProgress, { recursive: true, force: true });
    }
  }
  const touch = () => utimesSync(directory, new Date(), new Date());
  touch();
  setInterval(touch, touchEveryMs).unref();
  return directory;
}

/** Of everything that the assembly is made of. */
function digestOf(context: Readonly<Record<string, unknown>>): string {
  const hash = createHash('sha256').update(JSON.stringify(context));
  const files = ['infra', 'functions', 'shared'].flatMap((directory) =>
    readdirSync(project + directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(project.length)),
  );
  for (const file of [
    ...files.filter((name) => !notSynthesized.test(name)).sort(),
    'cdk.json',
    'package.json',
    'package-lock.json',
  ]) {
    hash.update(`\n${file}\n`).update(readFileSync(project + file));
  }
  return hash.digest('hex').slice(0, 16);
}

function forgetUnused(): void {
  for (const name of readdirSync(cache)) {
    const unusedMs = Date.now() - (statSync(cache + name, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (unusedMs > maxUnusedMs) rmSync(cache + name, { recursive: true, force: true });
  }
}
