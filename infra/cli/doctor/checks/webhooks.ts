import { resourceByName } from '../../../../shared/rentvine/resources/catalogue.ts';
import { testDelivery } from '../../test-delivery.ts';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';
import { perAccount, perProbe } from '../per-account.ts';

const patienceMs = 10_000;

async function post(url: string, delivery: { headers: Record<string, string>; body: string }) {
  const startedAt = performance.now();
  const response = await fetch(url, { method: 'POST', ...delivery, signal: AbortSignal.timeout(patienceMs) });
  await response.arrayBuffer();
  return { status: response.status, ms: Math.round(performance.now() - startedAt) };
}

/** Whether the address that Rentvine is told answers, and refuses what is not signed. */
export const webhookRoute: Check = perAccount('webhook route', async ({ name }, { platform }): Promise<Finding> => {
  const url = await platform.webhookUrl(name);
  const unsigned = { headers: { 'content-type': 'application/json' }, body: '{}' };
  const answer = await post(url, unsigned).catch(() => undefined);
  if (answer === undefined) {
    return fail(`${url} cannot be reached`, 'Check the network, and ApiUrl among the outputs of the core stack.');
  }
  if (answer.status === 401) return ok(`${url} refuses what is not signed, in ${answer.ms} ms`);
  const advice =
    'See the log of webhook-receiver: an unsigned webhook must be answered with 401, whatever the account.';
  return fail(`${url} answered ${answer.status} to what is not signed`, advice);
});

/** Whether a webhook that is signed with the account's key is taken: a hint at a lease that is there. */
export const signatureRoundTrip: Check = perProbe('webhook signature', async (probe, { platform }) => {
  const { name } = probe.account;
  const webhook = await platform.readWebhookKeys(name).catch(() => undefined);
  const [signingKey] = webhook?.signingKeys ?? [];
  if (webhook === undefined || signingKey === undefined) return warn('not tried: the account has no signing key');
  const leases = await probe.list('leases');
  const [objectID] = leases.kind === 'page' ? leases.page.ids : [];
  if (objectID === undefined) return warn('not tried: no lease can be read that it could be about');
  const { objectTypeId } = resourceByName('leases');
  const event = { eventType: 'leaseUpdated', objectID, objectTypeID: objectTypeId };
  const delivery = testDelivery(webhook, signingKey, event, platform.now());
  const answer = await post(await platform.webhookUrl(name), { ...delivery }).catch(() => undefined);
  if (answer === undefined) return fail('the webhook was not answered', 'See the line of the webhook route.');
  if (answer.status === 202) return ok(`a signed webhook was taken in ${answer.ms} ms`);
  return fail(
    `a webhook signed with the account's key was answered ${answer.status}`,
    answer.status === 401
      ? 'The receiver knows other keys or another clock: run this again in a minute, then see the log of webhook-receiver.'
      : 'See the log of webhook-receiver, and the queue webhook-events.',
  );
});
