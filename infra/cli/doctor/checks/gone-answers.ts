import { describeAnswerKind } from '../../../../shared/rentvine/answer-kind.ts';
import { resources } from '../../../../shared/rentvine/resources/catalogue.ts';
import { readSyncState } from '../../../../shared/store/sync-state.ts';
import { type Check, type Finding, ok } from '../check.ts';
import { perAccount } from '../per-account.ts';

/** How the account's server says that an object is gone, where it is no 404 in JSON: learnt by syncs, for a week. */
export const goneAnswers: Check = perAccount('gone sounds like', async ({ name }, { platform }) => {
  const findings: Finding[] = [];
  for (const resource of resources) {
    const { goneKind, goneLearntAt } = await readSyncState(platform.state, { account: name, resource: resource.name });
    if (goneKind === undefined) continue;
    const found = `${describeAnswerKind(goneKind)}, learnt ${goneLearntAt}`;
    findings.push({ ...ok(found), subject: resource.name });
  }
  return findings.length > 0 ? findings : ok('a 404 in JSON, as far as anything was gone');
});
