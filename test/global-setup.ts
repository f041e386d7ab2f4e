import type { TestProject } from 'vitest/node';
import { cachedAssembly } from '../infra/assembly-cache.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The synthesized cloud assembly, with the default stage `dev`: templates, and the functions' bundles. */
    assemblyDir: string;
  }
}

/** Gives every test `inject('assemblyDir')`. A synthesis that fails fails the tests that need it, not the others. */
export const setup = async ({ provide }: TestProject): Promise<void> => {
  try {
    provide('assemblyDir', await cachedAssembly({ context: { stage: 'dev' } }));
  } catch (error) {
    process.stderr.write(`The app cannot be synthesized: ${error instanceof Error ? error.message : error}\n`);
    provide('assemblyDir', 'the synthesis failed');
  }
};
