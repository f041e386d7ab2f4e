import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../infra/synth.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The synthesized cloud assembly, with the default stage `dev`: templates, and the functions' bundles. */
    assemblyDir: string;
  }
}

const project = fileURLToPath(new URL('..', import.meta.url));
const cache = `${project}node_modules/.cache/assemblies/`;
const maximumAgeMs = 60 * 60 * 1000;

/** Milliseconds of the last change to anything that the assembly is made of. */
const lastChange = (): number => {
  // Directories count too: their time changes when a file goes away.
  const files = ['infra', 'functions', 'shared'].flatMap((directory) => [
    directory,
    ...readdirSync(project + directory, { recursive: true, encoding: 'utf8' }).map((name) => `${directory}/${name}`),
  ]);
  const sources = [...files.filter((name) => !name.endsWith('.test.ts')), 'cdk.json', 'package-lock.json'];
  return Math.max(...sources.map((name) => statSync(project + name, { throwIfNoEntry: false })?.mtimeMs ?? 0));
};

const forgetOldAssemblies = (): void => {
  for (const name of readdirSync(cache)) {
    const ageMs = Date.now() - (statSync(cache + name, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (ageMs > maximumAgeMs) rmSync(cache + name, { recursive: true, force: true });
  }
};

/** Synthesizes unless nothing has changed since the last time; two runs at once do not get in each other's way. */
const assembly = (): string => {
  mkdirSync(cache, { recursive: true });
  const finished = `${cache}${Math.round(lastChange())}`;
  if (existsSync(`${finished}/manifest.json`)) return finished;
  forgetOldAssemblies();
  const inProgress = `${cache}in-progress-${process.pid}`;
  rmSync(inProgress, { recursive: true, force: true });
  synthesize({ outdir: inProgress });
  try {
    renameSync(inProgress, finished);
  } catch (error) {
    if (!existsSync(`${finished}/manifest.json`)) throw error;
    rmSync(inProgress, { recursive: true, force: true });
  }
  return finished;
};

/** Gives every test `inject('assemblyDir')`. A synthesis that fails fails the tests that need it, not the others. */
export const setup = ({ provide }: TestProject): void => {
  try {
    provide('assemblyDir', assembly());
  } catch (error) {
    process.stderr.write(`The app cannot be synthesized: ${error instanceof Error ? error.message : error}\n`);
    provide('assemblyDir', 'the synthesis failed');
  }
};
