import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reportTests } from '../run-vitest.ts';
import { isHistoryWhole } from './repository.ts';
import { baselineSchema, scanRepository } from './scan-repository.ts';
import { auditDependencies } from './vulnerabilities.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const baselineFile = fileURLToPath(new URL('baseline.json', import.meta.url));

/**
 * `npm run scan`: looks for credentials in the working copy and its history, and for dependencies that are known to be vulnerable. Ends
 * with a line `N passed, N failed`; what cannot be checked is neither, and has a line of its own.
 */
await reportTests(async () => {
  let passed = 0;
  let failed = 0;
  const judge = (isRight: boolean, what: string, details: readonly string[]) => {
    if (isRight) passed += 1;
    else failed += 1;
    for (const line of [`${isRight ? 'ok' : 'NOT OK'}  ${what}`, ...details.map((each) => `        ${each}`)])
      console.log(line);
  };

  const baseline = baselineSchema.parse(JSON.parse(readFileSync(baselineFile, 'utf8')));
  const { found, files, additions, unused } = await scanRepository(project, baseline);
  judge(
    found.length === 0,
    `secrets: ${files} files, and ${additions} as commits changed them; ${baseline.length} reviewed`,
    found.map(({ where, line, rule, digest }) => `${where}: line ${line}: ${rule} (${digest})`),
  );
  if (found.length > 0) {
    console.log(
      '        A secret that was committed is known: replace it where it is used. What is none goes into test/scan/baseline.json.',
    );
  }
  if (!isHistoryWhole(project)) console.log('not checked: commits that this shallow clone does not have');
  else judge(unused.length === 0, 'every entry of the baseline is needed', unused);

  const audit = await auditDependencies(project);
  if (audit.kind === 'notChecked') console.log(`not checked: known vulnerabilities of dependencies, as ${audit.why}`);
  else judge(audit.grave === 0, 'no dependency is known to be gravely vulnerable', audit.lines);
  return { passed, failed };
});
