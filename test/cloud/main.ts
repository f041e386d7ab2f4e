import { fileURLToPath } from 'node:url';
import { startVitest, type TestModule } from 'vitest/node';
import { reportsDir } from './cdk.ts';
import { startMiniStack } from './ministack.ts';
import { MissingPrerequisite } from './missing-prerequisite.ts';

/**
 * `npm run test:cloud`: deploys the core stack to the AWS-compatible endpoint of `AWS_ENDPOINT_URL`, or to a MiniStack of its
 * own, and tests it there. Ends with a line `N passed, N failed`; exit code 2 when the machine lacks what that needs.
 *
 * An endpoint that sees this machine or itself under other names than this machine does (in a container, say) is told by
 * `CLOUD_TEST_SIMULATOR_HOST`, where functions find this machine, and `CLOUD_TEST_FUNCTION_ENDPOINT_URL`.
 */
async function main(): Promise<number> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  // MiniStack and the cdk app run the first `node` of the path, which must be the product's.
  process.env.PATH = `${root}node_modules/.bin:${process.env.PATH}`;
  const isOwn = (process.env.AWS_ENDPOINT_URL ?? '') === '';
  if (isOwn) {
    for (const name of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SESSION_TOKEN']) delete process.env[name];
    // Not MiniStack's default, so that nothing that takes the default for granted goes unnoticed.
    process.env.AWS_REGION = 'eu-west-1';
  }
  const ministack = isOwn ? await startMiniStack(`${reportsDir}/ministack.log`) : undefined;
  Object.assign(process.env, ministack?.environment);
  process.env.AWS_DEFAULT_REGION = process.env.AWS_REGION ??= process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
  if (process.env.AWS_PROFILE === undefined) {
    process.env.AWS_ACCESS_KEY_ID ??= 'test';
    process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  }
  try {
    return await runTests(root);
  } finally {
    await ministack?.stop();
  }
}

async function runTests(root: string): Promise<number> {
  const vitest = await startVitest([], {
    root,
    config: false,
    watch: false,
    include: ['test/cloud/*.cloud.ts'],
    // Processes, because Node reads the certificates to trust only when it starts.
    pool: 'forks',
    bail: 1,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    reporters: ['verbose', 'json'],
    outputFile: { json: `${reportsDir}/tests.json` },
  });
  const modules = vitest.state.getTestModules();
  await vitest.close();
  const { passed, failed } = count(modules);
  const unexplained = failed === 0 && (vitest.state.getUnhandledErrors().length > 0 || passed === 0) ? 1 : 0;
  process.stdout.write(`${passed} passed, ${failed + unexplained} failed\n`);
  return failed + unexplained === 0 ? 0 : 1;
}

/** A test that was left out because an earlier one failed has not passed; a failing hook counts as a failed test. */
function count(modules: readonly TestModule[]): { passed: number; failed: number } {
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

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  if (!(error instanceof MissingPrerequisite)) process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = error instanceof MissingPrerequisite ? 2 : 1;
}
