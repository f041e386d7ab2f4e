import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { searchOutput } from './search-output.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the output of every stack of this run is kept; what a test exports may be put there too. */
    outputDir: string;
  }
}

const reports = fileURLToPath(new URL('../../reports/', import.meta.url));
const prefix = 'output-';
const maxShown = 20;

/** Output that earlier runs left because of a leak; runs that are under way keep theirs. */
function forgetEarlierRuns(): void {
  for (const name of readdirSync(reports)) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)))) {
      rmSync(reports + name, { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * Promise 8 over the whole suite: after the last test everything that any stack's functions printed, stored, queued,
 * published or answered is searched for planted secrets and personal values. One that is found fails the run.
 */
export const setup = ({ provide }: TestProject): (() => Promise<void>) => {
  const outputDir = `${reports}${prefix}${process.pid}`;
  mkdirSync(outputDir, { recursive: true });
  forgetEarlierRuns();
  provide('outputDir', outputDir);
  return async () => {
    const { files, lines, leaks } = await searchOutput(outputDir);
    if (files === 0) {
      rmSync(outputDir, { recursive: true, force: true });
      return;
    }
    writeFileSync(`${reports}privacy.json`, JSON.stringify({ files, lines, leaks }, undefined, 2));
    if (leaks.length === 0) {
      process.stdout.write(`Searched ${lines} lines of functions' output for planted secrets: none got out.\n`);
      rmSync(outputDir, { recursive: true, force: true });
      return;
    }
    process.exitCode = 1;
    const shown = leaks
      .slice(0, maxShown)
      .map(({ file, line, marker, text }) => `${file}:${line} ${marker}\n  ${text}`);
    const more = leaks.length > maxShown ? `\n… and ${leaks.length - maxShown} more, in reports/privacy.json` : '';
    throw new Error(`Planted secrets got out, ${leaks.length} times:\n${shown.join('\n')}${more}`);
  };
};
