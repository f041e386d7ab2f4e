import { fileURLToPath } from 'node:url';
import { startVitest, type TestModule, type TestUserConfig } from 'vitest/node';
import { MissingPrerequisite } from './missing-prerequisite.ts';

/** The checkout's directory, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs tests with these options of Vitest's, once, and answers how each file of them went. */
export async function runVitest(
  options: TestUserConfig,
): Promise<{ modules: readonly TestModule[]; hasErrors: boolean }> {
  const vitest = await startVitest([], { root, watch: false, ...options });
  const modules = vitest.state.getTestModules();
  await vitest.close();
  return { modules, hasErrors: vitest.state.getUnhandledErrors().length > 0 };
}

/** A test that was left out because an earlier one failed has not passed; a failing hook counts as a failed test. */
export function countTests(modules: readonly TestModule[]): { passed: number; failed: number } {
  let passed = 0;
  let failed = 0;
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      if (test.result().state === 'passed') passed += 1;
      else failedHere += 1;
    }
    failed += failedHere === 0 && module.state() === 'failed' ? 1 : failedHere;
  }
  return { passed, failed };
}

/**
 * The body of a command that tests something: prints `N passed, N failed` as its last line, and sets the exit code: 0 when
 * all passed, 1 when not, 2 with one sentence when the machine lacks what the tests need.
 */
export async function reportTests(run: () => Promise<{ passed: number; failed: number }>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  try {
    const { passed, failed } = await run();
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    process.exitCode = failed === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    if (!(error instanceof MissingPrerequisite)) process.stdout.write('0 passed, 1 failed\n');
    process.exitCode = error instanceof MissingPrerequisite ? 2 : 1;
  }
}
