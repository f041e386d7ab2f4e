import { countTests, reportTests, root, runVitest } from '../run-vitest.ts';
import { reportsDir } from './cdk.ts';
import { startMiniStack } from './ministack.ts';

/**
 * `npm run test:cloud`: deploys the core stack to the AWS-compatible endpoint of `AWS_ENDPOINT_URL`, or to a MiniStack of its
 * own, and tests it there. Ends with a line `N passed, N failed`; exit code 2 when the machine lacks what that needs.
 *
 * An endpoint that sees this machine or itself under other names than this machine does (in a container, say) is told by
 * `CLOUD_TEST_SIMULATOR_HOST`, where functions find this machine, and `CLOUD_TEST_FUNCTION_ENDPOINT_URL`.
 */
await reportTests(async () => {
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
    const { modules, hasErrors } = await runVitest({
      config: false,
      include: ['test/cloud/*.cloud.ts'],
      // Processes, because Node reads the certificates to trust only when it starts.
      pool: 'forks',
      bail: 1,
      testTimeout: 240_000,
      hookTimeout: 240_000,
      reporters: ['verbose', 'json'],
      outputFile: { json: `${reportsDir}/tests.json` },
    });
    const { passed, failed } = countTests(modules);
    const unexplained = failed === 0 && (hasErrors || passed === 0) ? 1 : 0;
    return { passed, failed: failed + unexplained };
  } finally {
    await ministack?.stop();
  }
});
