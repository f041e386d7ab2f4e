import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhookRecipeSchema } from './recipe.ts';
import { headerRecipe, isSignedBy, sign } from './signature.ts';

const defaultRecipe = webhookRecipeSchema.parse({});
const body = Buffer.from('{"a":1}');
const hmac = (text: string, key = 'key-one') => createHmac('sha256', key).update(text).digest('hex');

describe('a signature', () => {
  it('covers time-stamp and token unless the recipe says otherwise', () => {
    expect(sign(defaultRecipe, 'key-one', { timestamp: '1795338853', token: 'tok', body })).toBe(hmac('1795338853tok'));
  });

  it('covers the parts in the recipe’s order, with its separators, hash and encoding', () => {
    const recipe = { parts: ['token', { separator: '|' }, 'body'], hash: 'sha512', encoding: 'base64' } as const;
    const expected = createHmac('sha512', 'key-one').update('tok|{"a":1}').digest('base64');
    expect(sign({ ...recipe, parts: [...recipe.parts] }, 'key-one', { token: 'tok', body })).toBe(expected);
  });

  it('of the header dialect covers the body, or time-stamp, full stop and body', () => {
    expect(sign(headerRecipe(false), 'key-one', { body })).toBe(hmac('{"a":1}'));
    expect(sign(headerRecipe(true), 'key-one', { timestamp: '5', body })).toBe(hmac('5.{"a":1}'));
  });

  it('holds with any of the keys, in either case of hex, and with no other text', () => {
    const parts = { timestamp: '1', token: 't', body };
    const signature = hmac('1t', 'key-two');
    expect(isSignedBy(['key-one', 'key-two'], defaultRecipe, parts, signature)).toBe(true);
    expect(isSignedBy(['key-one', 'key-two'], defaultRecipe, parts, signature.toUpperCase())).toBe(true);
    expect(isSignedBy(['key-one'], defaultRecipe, parts, signature)).toBe(false);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(isSignedBy(['key-one', 'key-two'], defaultRecipe, parts, text)).toBe(false);
      }),
    );
  });
});
