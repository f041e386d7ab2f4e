import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors.ts';
import { parseAccountSecret, secretValues } from './secret.ts';

const basic = { scheme: 'basic', accessKey: 'access-1', secret: 'secret-1' };
const token = { scheme: 'token', apiKey: 'key-1', apiSecret: 'secret-1', tenantId: 'tenant-1' };
const parse = (value: unknown, name = 'acme') => parseAccountSecret(name, JSON.stringify(value));

const errorOf = (act: () => unknown): ConfigurationError => {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('No error was thrown.');
};

describe('an account secret', () => {
  it.each([
    [{ auth: basic }, 'https://acme.rentvine.com/api/manager'],
    [{ auth: token }, 'https://api.rentvine.com/v2'],
    [{ auth: basic, baseUrl: 'http://127.0.0.1:4010' }, 'http://127.0.0.1:4010/api/manager'],
    [{ auth: basic, baseUrl: 'https://example.com/' }, 'https://example.com/api/manager'],
    [{ auth: basic, baseUrl: 'https://example.com/custom//' }, 'https://example.com/custom'],
    [{ auth: token, baseUrl: 'https://example.com/' }, 'https://example.com'],
  ])('%j is called at %s', (secret, expected) => {
    expect(parse(secret).baseUrl).toBe(expected);
  });

  it('keeps webhook keys, the default recipe and corrected paths', () => {
    const account = parse({
      auth: basic,
      webhook: { dialects: ['body'], signingKeys: ['the-old-signing-key', 'the-new-signing-key'] },
      paths: { owners: { list: '/owners/search2' } },
    });
    expect(account.webhook).toEqual({
      dialects: ['body'],
      signingKeys: ['the-old-signing-key', 'the-new-signing-key'],
      recipe: { parts: ['timestamp', 'token'], hash: 'sha256', encoding: 'hex' },
    });
    expect(account.keep).toEqual([]);
    expect(account.paths).toEqual({ owners: { list: '/owners/search2' } });
    expect(secretValues(account)).toEqual([
      'access-1',
      'secret-1',
      'access-1:secret-1',
      'the-old-signing-key',
      'the-new-signing-key',
    ]);
  });

  it('keeps fields of contacts that it names', () => {
    const keep = ['tenants.notes', 'leases.tenants.customFields.Move-in bonus'];
    expect(parse({ auth: basic, keep }).keep).toEqual(keep);
  });

  it.each([
    [{}, 'auth'],
    [{ auth: { ...basic, scheme: 'oauth' } }, 'auth'],
    [{ auth: { ...basic, secret: '' } }, 'auth.secret'],
    [{ auth: { scheme: 'basic', accessKey: 'access-1' } }, 'auth.secret'],
    [{ auth: basic, baseURL: 'https://example.com' }, 'baseURL'],
    [{ auth: basic, baseUrl: 'http://example.com' }, 'baseUrl'],
    [{ auth: basic, baseUrl: 'https://user:pass@example.com' }, 'baseUrl'],
    [{ auth: basic, webhook: { dialects: [], signingKeys: ['a-signing-key-of-acme'] } }, 'webhook.dialects'],
    [{ auth: basic, webhook: { dialects: ['body'], signingKeys: ['fifteen-letters'] } }, 'webhook.signingKeys.0'],
    ...[['timestamp'], ['token'], ['token', 'body'], []].map((parts): [unknown, string] => [
      { auth: basic, webhook: { dialects: ['body'], signingKeys: ['a-signing-key-of-acme'], recipe: { parts } } },
      'webhook.recipe.parts',
    ]),
    [{ auth: basic, paths: { lease: { list: '/x' } } }, 'paths.lease'],
    [{ auth: basic, keep: ['tenant.notes'] }, 'keep.0'],
    [{ auth: basic, keep: ['tenants.notes', 'tenants.customFields.SSN #'] }, 'keep.1'],
    [{ auth: basic, keep: ['tenants'] }, 'keep.0'],
    [{ auth: basic, paths: { leases: { list: 'https://elsewhere.example/x' } } }, 'paths.leases.list'],
  ])('%j is refused, naming %s', (secret, key) => {
    expect(errorOf(() => parse(secret)).message).toMatch(
      new RegExp(`The secret of account acme is wrong: .*${key.replaceAll('.', '\\.')}`),
    );
  });

  it('is never repeated in an error, however wrong it is', () => {
    const marker = 'MARKER-9f3c';
    const wrong = fc.constantFrom<unknown>(marker, [marker], { deep: marker }, `http://${marker}.com`, {
      list: marker,
    });
    const secret = fc.record(
      {
        auth: fc.oneof(wrong, fc.record({ scheme: wrong, accessKey: wrong, secret: wrong })),
        baseUrl: wrong,
        webhook: wrong,
        paths: wrong,
      },
      { requiredKeys: ['paths'] },
    );
    fc.assert(
      fc.property(secret, fc.boolean(), (value, truncated) => {
        const json = JSON.stringify(value);
        const error = errorOf(() => parseAccountSecret('acme', truncated ? `${marker}${json}` : json));
        expect(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`).not.toContain(marker);
      }),
    );
  });

  it.each(['Acme', 'acme/other', '-acme', '', 'acme.evil'])('is refused for an account called %j', (name) => {
    expect(() => parse({ auth: basic }, name)).toThrow(ConfigurationError);
  });
});
