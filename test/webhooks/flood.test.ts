import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { SignedDelivery } from '../../shared/webhook/signed-delivery.ts';
import { onStack } from '../fixtures.ts';
import type { Harness } from '../integration/harness.ts';
import { post, type WebhookClient } from './webhook-harness.ts';

const it = onStack();

const requests = 20_000;
const atOnce = 24;
const signedEachMs = 200;
const minute = 60_000;

const event = { eventType: 'workOrder.updated', objectID: '3', objectTypeID: '16' };
type Request = SignedDelivery | { readonly headers?: Record<string, string>; readonly body: string };

/** What somebody without a key can send, one kind after the other. */
function unsignedRequests(
  { url, about }: WebhookClient,
  captured: SignedDelivery,
): ((n: number) => [string, Request])[] {
  const forged = (n: number) => about(event, { signingKey: `a guess, number ${n} of many` });
  const elsewhere = (name: string) => url.replace(/[^/]+$/, name);
  const huge = { body: JSON.stringify({ ...JSON.parse(forged(0).body), padding: 'x'.repeat(256 * 1024) }) };
  const common: ((n: number) => [string, Request])[] = [
    (n) => [elsewhere(`made-up-${n}`), forged(n)],
    (n) => [url, forged(n)],
    (n) => [elsewhere(createHash('sha256').update(String(n)).digest('hex').slice(0, 20)), forged(n)],
    () => [url, captured],
    (n) => [url, { body: `not JSON ${n}` }],
    (n) => [elsewhere('one-name'), forged(n)],
  ];
  // A fortieth of them is enough of 10 KB times 26.
  return [...common, ...common, ...common, ...common, ...common, ...common, () => [url, huge]];
}

/** Counts what functions ask of AWS, by operation and by what of the state table it is about. */
function countRequests(harness: Harness): { readonly counts: Map<string, number>; stop(): void } {
  const counts = new Map<string, number>();
  const stop = harness.intercept(({ service, operation, body }) => {
    const about = /(?:webhook-token|webhook-rate|account-directory)/.exec(JSON.stringify(body))?.[0];
    const isReceivers = service === 'dynamodb' ? about !== undefined : service === 'secretsmanager';
    if (isReceivers) {
      const key = `${operation} ${about ?? 'secret'}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return undefined;
  });
  return { counts, stop };
}

/** Those that rang until five minutes from now, in which the watcher goes its rounds. */
async function criticalAlarms({ stack, platform, clock }: Harness): Promise<string[]> {
  for (let round = 0; round < 5; round++) {
    clock.turn(minute);
    await stack.fireSchedule(platform.nameOf('watcher'));
    await stack.idle();
  }
  await stack.evaluateAlarms();
  return stack
    .notifications()
    .filter(({ state, topic }) => state === 'ALARM' && topic.includes('critical'))
    .map(({ alarmName }) => alarmName);
}

describe('a flood of unsigned requests', () => {
  it('keeps no signed webhook out, rings nothing critical, and costs a bounded number of requests to AWS', {
    tags: 'long',
    timeout: 20 * minute,
  }, async ({ harness, webhooks }) => {
    const before = await criticalAlarms(harness);
    const captured = webhooks.about(event);
    expect((await webhooks.post(captured)).body.status).toBe('queued');
    const { counts, stop } = countRequests(harness);
    const kinds = unsignedRequests(webhooks, captured);
    const answers = new Map<string, number>();
    const startedAt = performance.now();
    let next = 0;
    const flood = Array.from({ length: atOnce }, async () => {
      while (next < requests) {
        const n = next++;
        const kind = kinds[n % kinds.length];
        if (kind === undefined) throw new RangeError('There is a kind for each number.');
        const { status, body } = await post(...kind(n));
        const answer = `${status} ${body.status}`;
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    });
    let isOver = false;
    const signed: Promise<string | undefined>[] = [];
    const flooded = Promise.all(flood).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      signed.push(webhooks.post(webhooks.about(event)).then(({ body }) => body.status));
      await delay(signedEachMs);
    }
    await flooded;
    const seconds = (performance.now() - startedAt) / 1000;
    const ends = await Promise.all(signed);
    stop();
    console.log(
      `${requests} unsigned requests in ${seconds.toFixed(0)} s beside ${signed.length} signed ones: ${JSON.stringify(Object.fromEntries([...answers, ...counts]))}`,
    );

    expect(new Set(ends)).toEqual(new Set(['queued']));
    expect([...answers.keys()].filter((answer) => answer.startsWith('5'))).toEqual([]);
    expect((await criticalAlarms(harness)).filter((alarm) => !before.includes(alarm))).toEqual([]);
    const environments = 4;
    // Three for the one account and one more each ten seconds; the processor's own come once a minute.
    expect(counts.get('GetSecretValue secret') ?? 0).toBeLessThan(environments * (10 + seconds / 5));
    // Each environment asks once or twice of a delivery that is replayed thousands of times; a signed one takes two claims and a note.
    const ofTokens = ['PutItem', 'UpdateItem', 'DeleteItem'].map((each) => counts.get(`${each} webhook-token`) ?? 0);
    expect(ofTokens.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(3 * signed.length + 10 * environments);
    expect(counts.get('UpdateItem webhook-rate') ?? 0).toBeLessThanOrEqual(2 * signed.length + 10 * environments);
    expect(counts.get('Query account-directory') ?? 0).toBeLessThan(environments * (25 + 3 * seconds));
  });
});
