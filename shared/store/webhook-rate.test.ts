import { describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { webhookRate } from './webhook-rate.ts';

const tables = emptyTables();

async function takeAll(rate: ReturnType<typeof webhookRate>, account: string, most: number): Promise<number> {
  for (let taken = 0; taken < most; taken++) if (!(await rate.take(account)).ok) return taken;
  return most;
}

describe('the rate limit of webhooks', () => {
  it('lets a burst through, then so many a second, over all functions together', async () => {
    let nowMs = 1_000_000;
    const settings = { perSecond: 20, burst: 100 };
    const rates = [1, 2].map(() => webhookRate({ table: tables.state, settings, now: () => nowMs }));
    const [first, second] = rates;
    if (first === undefined || second === undefined) throw new Error('There are two of them.');
    const burst = (await takeAll(first, 'acme', 60)) + (await takeAll(second, 'acme', 1_000));
    expect(burst).toBe(100);
    const refused = await first.take('acme');
    expect(refused).toMatchObject({ ok: false });
    if (!refused.ok) expect(refused.retryAfterMs).toBeGreaterThan(0);
    let later = 0;
    for (let second_ = 0; second_ < 10; second_++) {
      nowMs += 1_000;
      later += (await takeAll(first, 'acme', 1_000)) + (await takeAll(second, 'acme', 1_000));
    }
    expect(later).toBeLessThanOrEqual(200);
    expect(later).toBeGreaterThan(180);
  });

  it('of one account leaves another alone, and costs one write for ten webhooks', async () => {
    const rate = webhookRate({ table: tables.state, settings: { perSecond: 1, burst: 20 }, now: () => 5_000_000 });
    expect(await takeAll(rate, 'busy', 100)).toBe(20);
    tables.requests.length = 0;
    expect(await takeAll(rate, 'quiet', 10)).toBe(10);
    expect(tables.requests.length).toBeLessThanOrEqual(2);
    tables.requests.length = 0;
    expect(await takeAll(rate, 'busy', 10)).toBe(0);
    expect(tables.requests).toEqual([]);
  });
});
