import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keyRing } from './key-ring.ts';
import { knownAccounts } from './known-accounts.ts';

const secret = (...signingKeys: string[]) => JSON.stringify({ dialects: ['body'], signingKeys });

/** What is looked up for a name that is made up, to find out whether Secrets Manager answers. */
const nobodys = 'p/nobody/nothing';

let secrets: Map<string, string | Error>;
let reads: string[];
let nowMs: number;
let directoryReads: number;
/** What a read of a secret takes. */
let readMs: number;

beforeEach(() => {
  secrets = new Map([['p/acme', secret('signing-key-number-one')]]);
  reads = [];
  nowMs = 1_000_000;
  directoryReads = 0;
  readMs = 0;
});

/** Every secret is in the directory, as it would be a minute later. */
async function directory() {
  directoryReads += 1;
  const names = [...secrets.keys()].map((name) => name.slice('p/'.length));
  return names.map((name) => ({
    name,
    since: '',
    state: name === 'paused' ? ('paused' as const) : ('active' as const),
  }));
}

function ring() {
  const client = new SecretsManagerClient({ region: 'eu-west-1' });
  vi.spyOn(client, 'send').mockImplementation(async (command: unknown) => {
    const name = command instanceof GetSecretValueCommand ? (command.input.SecretId ?? '') : '';
    reads.push(name);
    nowMs += readMs;
    const found = secrets.get(name);
    if (found instanceof Error) throw found;
    if (found === undefined) throw new ResourceNotFoundException({ message: 'none', $metadata: {} });
    return { SecretString: found };
  });
  const now = () => nowMs;
  const sleep = async (ms: number) => {
    nowMs += ms;
  };
  return keyRing({ secrets: client, prefix: 'p/', accounts: knownAccounts(directory, now), now, sleep });
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
    nowMs += 30_000;
    await expect(keys.get('other')).rejects.toThrow('throttled');
  });

  it('that cannot be read are told of in the same way and time for every name, and asked for every five seconds', async () => {
    const down = new Error('throttled');
    secrets.set('p/other', down);
    secrets.set('p/nobody/nothing', down);
    readMs = 35;
    const answersOf = async (account: string, keys = ring()) => {
      const answers: (string | number)[] = [];
      for (let look = 0; look < 6; look++) {
        const at = nowMs;
        const found = await (look % 2 === 0 ? keys.get(account) : keys.renewed(account)).catch(
          (error: Error) => error.message,
        );
        answers.push(String(found), nowMs - at);
        nowMs += 1_000;
      }
      return answers;
    };
    // One of the account, one that was never heard of, and one that is in use.
    expect(await answersOf('made-up')).toEqual(await answersOf('other'));
    const keys = ring();
    secrets.set('p/other', secret('signing-key-number-one'));
    await keys.get('other');
    secrets.set('p/other', down);
    nowMs += 400_000;
    expect((await keys.get('other'))?.signingKeys).toEqual(['signing-key-number-one']);
    await expect(keys.renewed('other')).rejects.toThrow('throttled');
    await expect(keys.get('made-up')).rejects.toThrow('throttled');
    reads = [];
    for (let index = 0; index < 500; index++) {
      await expect(keys.get(`made-up-${index}`)).rejects.toThrow('throttled');
      await expect(keys.renewed('other')).rejects.toThrow('throttled');
      nowMs += 20;
    }
    expect(reads.length).toBeLessThanOrEqual(3);
    secrets.set('p/other', secret('signing-key-number-one'));
    secrets.delete('p/nobody/nothing');
    nowMs += 10_000;
    expect(await keys.get('made-up')).toBeUndefined();
    expect(await keys.renewed('other')).toBeUndefined();
  });

  it('do not exist for unknown names, wrong secrets, and accounts that take no webhooks or are paused', async () => {
    const keys = ring();
    secrets.set('p/wrong', '{');
    secrets.set('p/silent', new ResourceNotFoundException({ message: 'none', $metadata: {} }));
    secrets.set('p/paused', secret('signing-key-number-one'));
    for (const name of ['nobody', '../acme', 'ACME', '', 'wrong', 'silent', 'paused'])
      expect(await keys.get(name)).toBeUndefined();
    expect(reads).toEqual([nobodys, 'p/wrong', 'p/silent']);
  });

  it('of a new account are there as soon as the directory has it, also when its name was tried before', async () => {
    const keys = ring();
    expect(await keys.get('brand-new')).toBeUndefined();
    expect(await keys.renewed('brand-new')).toBeUndefined();
    secrets.set('p/brand-new', secret('signing-key-number-one'));
    expect((await keys.renewed('brand-new'))?.signingKeys).toEqual(['signing-key-number-one']);
    expect((await keys.get('brand-new'))?.signingKeys).toEqual(['signing-key-number-one']);
  });

  it('are found however many names are made up, which read nobody’s secret twice a minute and the directory twice a second', async () => {
    const keys = ring();
    for (let index = 0; index < 5_000; index++) {
      expect(await keys.get(`made-up-${index}`)).toBeUndefined();
      expect(await keys.renewed(`made-up-${index}`)).toBeUndefined();
    }
    expect(new Set(reads)).toEqual(new Set([nobodys]));
    expect(reads.length).toBeLessThanOrEqual(1 + (nowMs - 1_000_000) / 30_000);
    // Twice 20 ms for each of them.
    expect(directoryReads).toBeLessThan(20 + 2 * 200 + 10);
    expect((await keys.get('acme'))?.signingKeys).toEqual(['signing-key-number-one']);
    expect(reads.filter((name) => name !== nobodys)).toEqual(['p/acme']);
  });

  it('take up little of what may run at once when a look-up was slow and names are made up', async () => {
    const keys = ring();
    readMs = 2_000;
    await keys.get('acme');
    for (let index = 0; index < 20; index++) {
      const at = nowMs;
      await keys.get(`made-up-${index}`);
      expect(nowMs - at).toBeLessThanOrEqual(100);
    }
  });

  it('take as long to be not found as to be found, look by look', async () => {
    readMs = 35;
    const keys = ring();
    await keys.get('acme');
    nowMs += 400_000;
    const looks = async (account: string) => {
      const took: number[] = [];
      for (let look = 0; look < 10; look++) {
        const at = nowMs;
        await (look % 2 === 0 ? keys.get(account) : keys.renewed(account));
        took.push(nowMs - at);
      }
      return took;
    };
    expect(await looks('made-up')).toEqual(await looks('acme'));
  });
});
