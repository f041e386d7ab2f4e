import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseAccountSecret,
  publisherEnvironmentSchema,
  readEnvironment,
  secretValues,
  syncSettingsSchema,
  workerEnvironmentSchema,
} from './config.ts';
import { ConfigurationError } from './errors.ts';

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
      webhook: { dialects: ['body'], signingKeys: ['old-key', 'new-key'] },
      paths: { owners: { list: '/owners/search2' } },
    });
    expect(account.webhook).toEqual({
      dialects: ['body'],
      signingKeys: ['old-key', 'new-key'],
      recipe: { parts: ['timestamp', 'token'], hash: 'sha256', encoding: 'hex' },
    });
    expect(account.paths).toEqual({ owners: { list: '/owners/search2' } });
    expect(secretValues(account)).toEqual(['access-1', 'secret-1', 'access-1:secret-1', 'old-key', 'new-key']);
  });

  it.each([
    [{}, 'auth'],
    [{ auth: { ...basic, scheme: 'oauth' } }, 'auth'],
    [{ auth: { ...basic, secret: '' } }, 'auth.secret'],
    [{ auth: { scheme: 'basic', accessKey: 'access-1' } }, 'auth.secret'],
    [{ auth: basic, baseURL: 'https://example.com' }, 'baseURL'],
    [{ auth: basic, baseUrl: 'http://example.com' }, 'baseUrl'],
    [{ auth: basic, baseUrl: 'https://user:pass@example.com' }, 'baseUrl'],
    [{ auth: basic, webhook: { dialects: [], signingKeys: ['key-1'] } }, 'webhook.dialects'],
    [{ auth: basic, webhook: { dialects: ['body'], signingKeys: ['x'] } }, 'webhook.signingKeys.0'],
    ...[['timestamp'], ['token'], ['token', 'body'], []].map((parts): [unknown, string] => [
      { auth: basic, webhook: { dialects: ['body'], signingKeys: ['key-1'], recipe: { parts } } },
      'webhook.recipe.parts',
    ]),
    [{ auth: basic, paths: { lease: { list: '/x' } } }, 'paths.lease'],
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

describe('sync settings', () => {
  it('have polite defaults', () => {
    expect(syncSettingsSchema.parse({})).toEqual({
      pageSize: 250,
      requestsPerSecond: 10,
      burst: 20,
      maxInFlight: 4,
      requestTimeoutSeconds: 30,
      overlapMinutes: 10,
      sliceSeconds: 240,
      deletionGuard: { percent: 5, atLeast: 10 },
    });
  });

  it.each([{ sliceSeconds: 241 }, { pageSize: 0 }, { deletionGuard: { percent: 101 } }, { pagesize: 100 }])(
    'refuse %j',
    (settings) => {
      expect(syncSettingsSchema.safeParse(settings).success).toBe(false);
    },
  );
});

describe('a function environment', () => {
  const worker = {
    STAGE: 'dev',
    SECRET_PREFIX: 'aictive/dev/rentvine/',
    STATE_TABLE: 'state',
    RECORDS_TABLE: 'records',
    SYNC_JOBS_QUEUE_URL: 'http://localhost:4566/000000000000/sync-jobs.fifo',
  };

  it('carries the sync settings in one variable', () => {
    const environment = readEnvironment(workerEnvironmentSchema, { ...worker, SYNC_SETTINGS: '{"pageSize":100}' });
    expect(environment.SYNC_SETTINGS).toMatchObject({ pageSize: 100, maxInFlight: 4 });
  });

  it.each([
    [{ ...worker }, 'SYNC_SETTINGS'],
    [{ ...worker, SYNC_SETTINGS: 'pageSize=1' }, 'SYNC_SETTINGS'],
    [{ ...worker, SYNC_SETTINGS: '{"pageSize":"x"}' }, 'SYNC_SETTINGS.pageSize'],
    [{ ...worker, SYNC_SETTINGS: '{}', STAGE: 'Dev' }, 'STAGE'],
  ])('%j is refused, naming %s', (environment, key) => {
    expect(errorOf(() => readEnvironment(workerEnvironmentSchema, environment)).message).toContain(`${key}: `);
  });

  it('names every missing variable at once', () => {
    expect(errorOf(() => readEnvironment(publisherEnvironmentSchema, {})).message).toMatch(
      /STAGE.*EVENT_BUS_NAME.*CHANGE_EVENTS_DLQ_URL/,
    );
  });
});
