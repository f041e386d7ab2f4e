import { AuthenticationError, NotFoundError } from '../../../../shared/errors.ts';
import { type ResourceName, resources } from '../../../../shared/rentvine/resources/catalogue.ts';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';
import { perProbe } from '../per-account.ts';
import { type Answer, isHopeless } from '../rentvine-probe.ts';
import { firstAnswer } from './first-answer.ts';

/** Whether each resource can be read and is what is expected, by one row of its list. */
export const readable: Check = perProbe('read', async (probe) => {
  const findings: Finding[] = [];
  const first = await firstAnswer(probe);
  for (const { name } of resources) findings.push({ ...judge(name, await probe.list(name), first), subject: name });
  return findings;
});

function judge(resource: ResourceName, answer: Answer, first: Answer): Finding {
  if (answer.kind === 'notAsked') return warn(`not asked: ${answer.why}`);
  if (answer.kind === 'page') {
    const { rejected, size } = answer.page;
    if (rejected.length === 0) return ok(size === 0 ? 'an empty list' : 'readable');
    return warn('readable, but a row does not fit', `See npm run ops -- quarantine list --resource ${resource}.`);
  }
  const { error } = answer;
  if (answer === first && isHopeless(error)) return warn(`not readable: ${error.code}, see above`);
  if (error instanceof AuthenticationError && error.status === 403) {
    return fail(
      `FORBIDDEN: the key's role may not read ${resource}`,
      `Give the key's role the right to read ${inWords(resource)} in Rentvine (Settings > Users, Roles and API), or switch "schedules" of ${resource} off in cdk.json.`,
    );
  }
  if (error instanceof NotFoundError) {
    return fail(
      error.message,
      `Correct "paths" of ${resource} in the account's secret; Rentvine's reference has the path.`,
    );
  }
  return fail(`${error.code}: ${error.message}`, adviceFor(error.code, resource));
}

const adviceFor = (code: string, resource: ResourceName): string =>
  code === 'CONTRACT'
    ? `Rentvine answers something of unknown shape: correct "paths" of ${resource} in the secret, or report what it answers.`
    : 'See the lines above: once Rentvine answers, run this again.';

/** `workOrders` is `work orders`. */
const inWords = (resource: ResourceName): string => resource.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
