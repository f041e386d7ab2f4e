import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cachedAssembly } from '../../infra/assembly-cache.ts';
import { pythonWithPackages } from '../python.ts';
import { reportTests } from '../run-vitest.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** What the command `cfn-lint` does. */
const cfnLint = 'import sys; from cfnlint.runner import main; sys.exit(main())';

/** CDK lets a function wait for its role and its role's policies, of which cfn-lint finds the role superfluous. */
const ignored = ['W3005'];

const stages: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'an ephemeral stage': { stage: 'dev' },
  'a stage that keeps what it has': { stage: 'prod' },
  'a stage with everything switched on': {
    stage: 'everything',
    account: '123456789012',
    region: 'eu-west-1',
    tableNames: { records: 'recovered-records', state: 'recovered-state' },
    cors: { allowOrigins: ['https://status.example.com'] },
    schedules: { leases: { incrementalMinutes: 7, fullAt: '23:05' }, bills: { enabled: false } },
    monitoring: {
      pagerDutySecret: 'aictive/everything/pagerduty',
      slack: { workspaceId: 'T01ABCDEF', channelId: 'C01ABCDEF' },
      criticalEmails: ['on-call@example.com'],
      warningEmails: ['team@example.com'],
      businessEmails: ['manager@example.com'],
      monthlyBudgetUsd: 100,
      runbookBaseUrl: 'https://git.example.com/runbooks',
    },
    functionEndpointUrl: 'http://localhost:4566',
  },
};

/**
 * `npm run test:templates`: has cfn-lint look at all templates of three stages. Ends with a line `N passed, N failed`; exit
 * code 2 when the machine lacks what that needs.
 */
await reportTests(async () => {
  const python = pythonWithPackages(requirements);
  let passed = 0;
  let failed = 0;
  for (const [what, context] of Object.entries(stages)) {
    const directory = await cachedAssembly({ context });
    const templates = readdirSync(directory).filter((name) => name.endsWith('.template.json'));
    for (const template of templates) {
      const args = ['-c', cfnLint, '--ignore-checks', ...ignored, '--', `${directory}/${template}`];
      const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
      if (status === 0) passed += 1;
      else failed += 1;
      process.stdout.write(`${status === 0 ? 'ok' : 'NOT OK'}  ${what}: ${template}\n${stdout}${stderr}`);
    }
  }
  return { passed, failed };
});
