import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/cdk.out/**', '.local/**', 'reports/**'],
    globalSetup: ['test/global-setup.ts', 'test/privacy/global-setup.ts'],
    setupFiles: ['test/privacy/record-output.ts'],
    pool: 'threads',
    // Loading what is tested anew for each file took a sixth of the CPU; whatever a file changes of its process it puts right.
    isolate: false,
    // Most of their time tests wait for one another's processes.
    maxWorkers: 4,
    // Only what never ends is to be ended by these: the machine may be slow, and busy with other things.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    tags: [{ name: 'long', description: 'Takes minutes: `npm run test:long` runs these, `npm test` the others.' }],
    reporters: ['default', 'json', 'junit'],
    outputFile: { json: 'reports/tests.json', junit: 'reports/tests.xml' },
    env: {
      AWS_REGION: 'eu-west-1',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_TRACE_ENABLED: 'false',
      // As in infra/synth.ts, for the apps that tests make themselves.
      CDK_VALIDATION: 'false',
    },
  },
});
