import { describe, expect, it } from 'vitest';
import type { Delivery } from './delivery.ts';
import { diagnoseDelivery } from './diagnose.ts';
import { webhookRecipeSchema } from './recipe.ts';
import { type SignedDelivery, signedBodyDelivery, signedHeaderDelivery } from './signed-delivery.ts';

const captured = ({ headers, body }: SignedDelivery): Delivery => ({
  headers,
  body: Buffer.from(body),
  json: JSON.parse(body),
});
const event = { eventType: 'Lease Updated', objectID: '5', objectTypeID: '4' };
const sentAt = new Date('2026-11-22T10:00:00Z');

describe('the diagnosis of a captured delivery', () => {
  it.each([
    {},
    { parts: ['token', 'timestamp'] },
    { parts: ['timestamp', { separator: '.' }, 'token'], hash: 'sha1' },
    { parts: ['token', { separator: ':' }, 'timestamp'], hash: 'sha512', encoding: 'base64' },
  ])('finds recipe %j and the key, and says what belongs into the secret', (input) => {
    const recipe = webhookRecipeSchema.parse(input);
    const delivery = signedBodyDelivery({ signingKey: 'key-two', recipe, token: 't-1', sentAt, event });
    const { fits, remarks, meaning, sentAt: said } = diagnoseDelivery(captured(delivery), ['key-one', 'key-two']);
    expect(fits).toEqual([{ dialect: 'body', keyIndex: 1, secret: { dialects: ['body'], recipe } }]);
    expect(remarks).toEqual([]);
    expect(meaning?.targets).toMatchObject([{ id: '5' }]);
    expect(said).toEqual(sentAt);
  });

  it('recognizes the header dialect', () => {
    const delivery = signedHeaderDelivery({
      signingKey: 'key-one',
      eventId: 'e',
      sentAt,
      eventType: 'lease.updated',
      data: { id: 5 },
    });
    expect(diagnoseDelivery(captured(delivery), ['key-one']).fits).toEqual([
      { dialect: 'header', keyIndex: 0, secret: { dialects: ['header'] } },
    ]);
  });

  it('offers no recipe that covers too little, and says so', () => {
    const recipe = { ...webhookRecipeSchema.parse({}), parts: ['token' as const] };
    const delivery = signedBodyDelivery({ signingKey: 'key-one', recipe, token: 't-1', sentAt, event });
    const { fits, remarks } = diagnoseDelivery(captured(delivery), ['key-one']);
    expect(fits).toEqual([]);
    expect(remarks).toEqual([expect.stringContaining('covers no more than token')]);
  });

  it('says why nothing fits', () => {
    const recipe = webhookRecipeSchema.parse({});
    const delivery = signedBodyDelivery({ signingKey: 'key-one', recipe, token: 't', sentAt, event: {} });
    const wrongKey = diagnoseDelivery(captured(delivery), ['key-two']);
    expect(wrongKey.fits).toEqual([]);
    expect(wrongKey.tried).toBeGreaterThan(100);
    expect(wrongKey.remarks.join()).toMatch(/No recipe with any of these keys.*malformed/s);
    const unsigned = diagnoseDelivery(captured({ headers: {}, body: JSON.stringify({ event }) }), ['key-one']);
    expect(unsigned.remarks.join()).toContain('carries no signature');
  });
});

it('cannot sign a body dialect’s delivery over the body, which holds the signature', () => {
  const recipe = webhookRecipeSchema.parse({ parts: ['timestamp', 'body'] });
  expect(() => signedBodyDelivery({ signingKey: 'key-one', recipe, token: 't', sentAt, event })).toThrow(RangeError);
});
