import { countTests, reportTests, root, runVitest } from '../run-vitest.ts';
import { tablePrefix } from './ask.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';

/**
 * `npm run test:dynamodb`: the tests whose tables are those of test/local-tables.ts, once more against AWS's own DynamoDB
 * Local, and any requests, whose answers are to be those of the DynamoDB that `npm start` plays. Ends with a line `N passed, N failed`; exit code 2 when the machine lacks what that needs.
 */
await reportTests(async () => {
  await using database = await startDynamoDbLocal();
  const { modules, hasErrors } = await runVitest({
    related: ['test/dynamodb/ask.ts'],
    env: { TEST_DYNAMODB_ENDPOINT: database.endpoint },
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/dynamodb/tests.json' },
  });
  const counted = countTests(modules);
  const tables = await database.tables();
  // A file that found its tables elsewhere has proven nothing.
  const elsewhere = modules
    .map(({ moduleId }) => moduleId.slice(root.length))
    .filter((file) => !tables.some((table) => table.startsWith(tablePrefix(file))));
  for (const file of elsewhere) process.stdout.write(`${file} made no table in DynamoDB Local.\n`);
  return {
    passed: counted.passed,
    failed: counted.failed + elsewhere.length + (hasErrors || modules.length === 0 ? 1 : 0),
  };
});
