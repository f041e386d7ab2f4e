// Adds up the test runners' own reports and prints `N passed, N failed`. The arguments are the commands that failed.
import { existsSync, readFileSync } from 'node:fs';

const reports = {
  'npm test': 'reports/tests.json',
  'npm run test:long': 'reports/long/tests.json',
  'npm run test:dynamodb': 'reports/dynamodb/tests.json',
  'npm run test:cloud': 'reports/cloud/tests.json',
};
const failedCommands = process.argv.slice(2);
let passed = 0;
let failed = 0;

for (const [command, file] of Object.entries(reports)) {
  if (!existsSync(file)) {
    console.log(`${command} left no report.`);
    failed += 1;
    continue;
  }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
  // A file that cannot even be loaded has no tests of its own, and yet it failed.
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const found = numFailedTests + brokenFiles;
  passed += numPassedTests;
  failed += found === 0 && failedCommands.includes(command) ? 1 : found;
}
for (const command of failedCommands) {
  console.log(`Failed: ${command}`);
  if (!(command in reports)) failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
