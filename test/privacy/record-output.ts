/** Runs before every test file: whatever stack a test starts, what its functions print, store and tell is kept for the search. */
import { basename, join } from 'node:path';
import { expect, inject, vi } from 'vitest';
import type { LocalStackOptions } from '../../infra/local/start.ts';
import { recordAnswers } from './recorded-answers.ts';
import { endings, recordingOutput } from './recorded-output.ts';

vi.mock('../../infra/local/start.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../infra/local/start.ts')>();
  const startLocalStack = async (options: LocalStackOptions) => {
    const name = `${basename(expect.getState().testPath ?? 'unknown')}.${crypto.randomUUID().slice(0, 8)}`;
    const directory = inject('outputDir');
    const stack = await original.startLocalStack(recordingOutput(options, directory, name));
    if (stack.apiUrl !== undefined) recordAnswers(stack.apiUrl, join(directory, name + endings.answered));
    return stack;
  };
  return { ...original, startLocalStack };
});
