import { PlatformError } from '../../shared/errors.ts';
import { FunctionFailedError } from '../platform/function-failed-error.ts';
import { awsAdvice } from './aws-advice.ts';
import { printable } from './say.ts';

/**
 * Runs a command line to its exit code. What a person can put right is one sentence on stderr and exit code 2; anything else
 * is a bug of ours and keeps its stack trace.
 */
export async function runMain(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    process.stderr.write(`${printable(sentence)}\n`);
    process.exitCode = error instanceof FunctionFailedError ? 1 : 2;
  }
}

function sentenceOf(error: unknown): string | undefined {
  if (error instanceof PlatformError || error instanceof FunctionFailedError) return error.message;
  const advice = awsAdvice(error);
  return advice && `AWS cannot be asked: ${advice}`;
}
