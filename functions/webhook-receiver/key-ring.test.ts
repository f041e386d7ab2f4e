import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UnavailableError } from '../../shared/errors.ts';
import { keyRing } from './key-ring.ts';

const secret = (...signingKeys: string[]) =>
  JSON.stringify({
    auth: { scheme: 'basic', accessKey: 'access', secret: 'secret' },
    webhook: { dialects: ['body'], signingKeys },
  });

let secrets: Map<string, string | Error>;
let reads: string[];
let nowMs: number;

beforeEach(() => {
  secrets = new Map([['p/acme', secret('signing-key-number-one')]]);
  reads = [];
  nowMs = 1_000_000;
});

function ring() {
  const client = new SecretsManagerClient({ region: 'eu-west-1' });
  vi.spyOn(client, 'send').mockImplementation(async (command: unknown) => {
    const name = command instanceof GetSecretValueCommand ? (command.input.SecretId ?? '') : '';
    reads.push(name);
    const found = secrets.get(name);
    if (found instanceof Error) throw found;
    if (found === undefined) throw new ResourceNotFoundException({ message: 'none', $metadata: {} });
    return { SecretString: found };
  });
  return keyRing(client, 'p/', () => nowMs);
}

describe('the signing keys of an account', () => {
  it('are read once in five minutes, also by requests that come at once', async () => {
    const keys = ring();
    const found = await Promise.all([keys.get('acme'), keys.get('acme'), keys.get('acme')]);
    expect(found.map((each) => each?.signingKeys)).toEqual([
      ['signing-key-number-one'],
      ['signing-key-number-one'],
      ['signing-key-number-one'],
    ]);
    nowMs += 299_000;
    await keys.get('acme');
    expect(reads).toHaveLength(1);
    nowMs += 2_000;
    await keys.get('acme');
    expect(reads).toHaveLength(2);
  });

  it('are renewed when they changed, but not as often as wrong signatures come', async () => {
    const keys = ring();
    await keys.get('acme');
    expect(await keys.renewed('acme')).toBeUndefined();
    secrets.set('p/acme', secret('signing-key-number-two'));
    expect((await keys.renewed('acme'))?.signingKeys).toEqual(['signing-key-number-two']);
    expect((await keys.get('acme'))?.signingKeys).toEqual(['signing-key-number-two']);
    for (let attempt = 0; attempt < 100; attempt++) await keys.renewed('acme');
    expect(reads).toHaveLength(4);
    nowMs += 10_000;
    for (let attempt = 0; attempt < 100; attempt++) await keys.renewed('acme');
    expect(reads).toHaveLength(5);
  });

  it('stay in use while Secrets Manager does not answer, and without any the caller is told', async () => {
    const keys = ring();
    await keys.get('acme');
    secrets.set('p/acme', new Error('throttled'));
    nowMs += 400_000;
    expect((await keys.get('acme'))?.signingKeys).toEqual(['signing-key-number-one']);
    secrets.set('p/other', new Error('throttled'));
    await expect(keys.get('other')).rejects.toThrow('throttled');
  });

  it('do not exist for names that are none, unknown ones, wrong secrets and accounts without webhooks', async () => {
    const keys = ring();
    secrets.set('p/wrong', '{');
    secrets.set('p/silent', JSON.stringify({ auth: { scheme: 'basic', accessKey: 'access', secret: 'secret' } }));
    for (const name of ['nobody', '../acme', 'ACME', '', 'wrong', 'silent'])
      expect(await keys.get(name)).toBeUndefined();
    expect(reads).toEqual(['p/nobody', 'p/wrong', 'p/silent']);
  });

  it('are not asked for more often than a hundred at once, whatever names are made up, and none is denied unseen', async () => {
    const keys = ring();
    for (let index = 0; index < 100; index++) expect(await keys.get(`made-up-${index}`)).toBeUndefined();
    for (let index = 100; index < 500; index++)
      await expect(keys.get(`made-up-${index}`)).rejects.toThrow(UnavailableError);
    await expect(keys.get('acme')).rejects.toThrow(UnavailableError);
    expect(reads).toHaveLength(100);
    nowMs += 1_000;
    expect((await keys.get('acme'))?.signingKeys).toEqual(['signing-key-number-one']);
  });

  it('are not driven out by made-up names', async () => {
    const keys = ring();
    await keys.get('acme');
    for (let index = 0; index < 2_500; index++) {
      nowMs += 100;
      await keys.get(`made-up-${index}`);
    }
    await keys.get('acme');
    expect(reads.filter((name) => name === 'p/acme')).toHaveLength(1);
    expect(await keys.get('made-up-2499')).toBeUndefined();
    expect(reads).toHaveLength(2_501);
  });
});
