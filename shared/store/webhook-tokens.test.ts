import { describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { claimToken, type TokenClaim } from './webhook-tokens.ts';

const tables = emptyTables();
const token = 'a-delivery-9f3c';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const claim = (seconds: number, bodyHash = 'body', account = 'acme') =>
  claimToken(tables.state, { account, token, bodyHash }, at(seconds));

function claimed(result: TokenClaim) {
  if (result.kind !== 'claimed') throw new Error(`The claim is ${result.kind}`);
  return result;
}

describe('a webhook’s token', () => {
  it('is good for one body: the same again is known to be queued, another is refused', async () => {
    await claimed(await claim(0)).queued();
    expect((await claim(1)).kind).toBe('queued');
    expect((await claim(100)).kind).toBe('queued');
    expect((await claim(100, 'another body')).kind).toBe('refused');
  });

  it('is free again when its delivery could not be queued', async () => {
    await claimed(await claim(0)).release();
    await claimed(await claim(1)).queued();
    expect((await claim(2)).kind).toBe('queued');
  });

  it('is pending while it is being queued, and free for the same body once whoever did that must be dead', async () => {
    const first = claimed(await claim(0));
    expect((await claim(1)).kind).toBe('pending');
    expect((await claim(6)).kind).toBe('pending');
    expect((await claim(8, 'another body')).kind).toBe('refused');
    const second = claimed(await claim(8));
    await first.release();
    expect((await claim(9)).kind).toBe('pending');
    await second.queued();
    await first.queued();
    expect((await claim(10)).kind).toBe('queued');
  });

  it('is claimed by one of many at once', async () => {
    const kinds = (await Promise.all([1, 2, 3, 4, 5].map(() => claim(0)))).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['claimed', 'pending', 'pending', 'pending', 'pending']);
  });

  it('of one account says nothing about another’s', async () => {
    await claimed(await claim(0)).queued();
    expect((await claim(1, 'another body', 'zenith')).kind).toBe('claimed');
  });

  it('is not stored as it was sent, and expires', async () => {
    tables.requests.length = 0;
    await claim(0);
    const [put] = tables.requests;
    expect(JSON.stringify(put?.body)).not.toContain(token);
    expect(put?.body.Item).toMatchObject({ expiresAt: { N: String(Date.UTC(2026, 0, 3) / 1000) } });
    expect(tables.requests).toHaveLength(1);
  });
});
