import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { ContractError, UnavailableError } from '../errors.ts';
import { vendors } from '../rentvine/resources/vendors.ts';
import { clientUnderTest } from '../rentvine/testing/client-under-test.ts';
import { type StubAnswer, startStubServer } from '../rentvine/testing/stub-server.ts';
import { readSyncState } from '../store/sync-state.ts';
import { type SingleReads, singleReads } from './single-reads.ts';

const tables = emptyTables();
let accounts = 0;

const vendor = (id: string): StubAnswer => ({ body: { contact: { contactID: id, name: `Vendor ${id}` } } });
const listed = ['1', '2', '3'];

/** What a server answers for the vendor of an id, the `count`-th time. */
type Answers = (id: string, count: number) => StubAnswer | 'none';

interface Asked {
  readonly reads: SingleReads;
  /** Ids asked for, in order. */
  readonly asked: readonly string[];
  /** Failures that the breaker was told of. */
  failures(): number;
  heard(): Promise<string | undefined>;
  again(): SingleReads;
}

async function against(answers: Answers, use: (asked: Asked) => Promise<void>): Promise<void> {
  accounts += 1;
  const collection = { account: `acme-${accounts}`, resource: vendors.name };
  const asked: string[] = [];
  const counts = new Map<string, number>();
  await using server = await startStubServer(({ path }, response) => {
    const id = path.split('/').at(-1) ?? '';
    asked.push(id);
    counts.set(id, (counts.get(id) ?? 0) + 1);
    const answer = answers(id, counts.get(id) ?? 0);
    if (answer !== 'none') return answer;
    response.destroy();
    return undefined;
  });
  const { client, outcomes } = clientUnderTest({ baseUrl: server.baseUrl });
  const again = () =>
    singleReads({
      client,
      resource: vendors,
      records: tables.records,
      state: tables.state,
      collection,
      now: () => new Date('2026-11-22T10:00:00Z'),
      controlIds: async () => listed,
    });
  await use({
    reads: again(),
    asked,
    again,
    failures: () => outcomes.filter(({ kind }) => kind === 'failed').length,
    heard: async () => (await readSyncState(tables.state, collection)).goneKind,
  });
}

/** Ways to say "there is no such vendor" that have been met, or that nothing forbids. */
const waysToSayGone: Readonly<Record<string, (id: string) => StubAnswer>> = {
  'a 404 in JSON': () => ({ status: 404, body: { message: 'Not found' } }),
  'a 404 in plain text': (id) => ({ status: 404, body: `Vendor ${id} not found` }),
  'a 404 as a page': () => ({ status: 404, body: '<html><body>Nothing here</body></html>' }),
  'a 410': () => ({ status: 410, body: { gone: true } }),
  'a 400 with field errors': (id) => ({ status: 400, body: { contactID: [`There is no contact ${id}`] } }),
  'a bare sentence under 400': () => ({ status: 400, body: 'Invalid vendor' }),
  'a 422': (id) => ({ status: 422, body: { errors: [{ field: 'contactID', id: Number(id) }] } }),
  'a 403': () => ({ status: 403, body: { error: 'Forbidden' } }),
  'a 500 with no body': () => ({ status: 500 }),
  'a 500 in JSON': (id) => ({ status: 500, body: { message: `No query results for model [Contact] ${id}` } }),
  'a 200 with null': () => ({ body: 'null' }),
  'a 200 with an error': (id) => ({ body: { error: { code: 1005, text: `Contact ${id} is unknown` } } }),
};

describe.each(Object.entries(waysToSayGone))('a server that says "gone" by %s', (_, gone) => {
  const answers: Answers = (id) => (listed.includes(id) ? vendor(id) : gone(id));

  it('is understood, and its breaker hears of no failure', () =>
    against(answers, async ({ reads, failures }) => {
      expect(await reads.find('9', {})).toMatchObject({ kind: 'gone' });
      expect(await reads.find('2', {})).toMatchObject({ kind: 'there', answer: { id: '2' } });
      expect(failures()).toBe(0);
    }));

  it('is asked about ids that cannot exist once, and what was learnt is kept', () =>
    against(answers, async ({ reads, again, asked, heard }) => {
      await reads.find('9', {});
      const learning = asked.filter((id) => id.length > 6).length;
      expect(learning).toBeLessThanOrEqual(2);
      if (learning > 0) expect(await heard()).toMatch(/^\d{3} \w+ [0-9a-f]{8}$/);
      await reads.find('8', {});
      await again().find('7', {});
      expect(asked.filter((id) => id.length > 6)).toHaveLength(learning);
    }));
});

it('asks again where it got no answer, or was to ask later', () =>
  against(
    (id, count) => {
      if (count === 1) return 'none';
      if (count === 2) return { status: 429, headers: { 'Retry-After': '0' } };
      return listed.includes(id) ? vendor(id) : { status: 404, body: { message: 'Not found' } };
    },
    async ({ reads }) => {
      expect(await reads.find('9', {})).toMatchObject({ kind: 'gone' });
      expect(await reads.find('2', {})).toMatchObject({ kind: 'there' });
    },
  ));

describe('what is not believed', () => {
  it('an object that fails in another way than one that does not exist', () =>
    against(
      (id) => {
        if (listed.includes(id)) return vendor(id);
        return id === '9'
          ? { status: 400, body: 'Try again later' }
          : { status: 400, body: { contactID: ['unknown'] } };
      },
      async ({ reads }) => {
        expect(await reads.find('9', {})).toMatchObject({ kind: 'unreadable' });
      },
    ));

  it('an outage: everything fails in the same way', () =>
    against(
      () => ({ status: 500 }),
      async ({ reads, failures, heard }) => {
        await expect(reads.find('9', {})).rejects.toThrow(UnavailableError);
        expect(failures()).toBeGreaterThan(0);
        expect(await heard()).toBeUndefined();
      },
    ));

  it('a 403, where an object that does not exist is answered otherwise: that is a permission', () =>
    against(
      (id) => {
        if (listed.includes(id)) return vendor(id);
        return id === '9' ? { status: 403, body: {} } : { status: 404, body: {} };
      },
      async ({ reads }) => {
        expect(await reads.find('9', {})).toMatchObject({ kind: 'forbidden' });
      },
    ));

  it('a 403 to everything: the role may read no vendor', () =>
    against(
      () => ({ status: 403, body: {} }),
      async ({ reads }) => {
        await expect(reads.find('9', {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
      },
    ));

  it('a refusal that an object of the list is answered with, too', () =>
    against(
      (id) => (id === '2' || !listed.includes(id) ? { status: 400, body: {} } : vendor(id)),
      async ({ reads, heard }) => {
        expect(await reads.find('9', {})).toMatchObject({ kind: 'unreadable' });
        expect(await heard()).toBeUndefined();
      },
    ));

  it('a failure to learn how "gone" sounds: it is learnt at the next occasion', async () => {
    let isDown = true;
    await against(
      (id) => {
        if (listed.includes(id)) return isDown ? { status: 429, body: {} } : vendor(id);
        return { status: 400, body: { contactID: ['unknown'] } };
      },
      async ({ reads }) => {
        await expect(reads.find('9', {})).rejects.toMatchObject({ code: 'RATE_LIMITED' });
        isDown = false;
        expect(await reads.find('9', {})).toMatchObject({ kind: 'gone' });
      },
    );
  });

  it('a refusal of everything', () =>
    against(
      () => ({ status: 400, body: {} }),
      async ({ reads, heard }) => {
        expect(await reads.find('9', {})).toMatchObject({ kind: 'unreadable' });
        expect(await heard()).toBeUndefined();
      },
    ));

  it('"not found" to everything: the path is wrong', () =>
    against(
      () => ({ status: 404, body: {} }),
      async ({ reads }) => {
        expect(await reads.find('9', {})).toMatchObject({ kind: 'gone' });
        await expect(reads.assertProven()).rejects.toThrow(ContractError);
      },
    ));

  it('an object that is there and answered, now and then, as if it did not exist', () =>
    against(
      (id, count) => {
        if (listed.includes(id)) return vendor(id);
        return id === '9' && count > 2 ? vendor(id) : { status: 500 };
      },
      async ({ reads }) => {
        expect(await reads.find('9', {})).toMatchObject({ kind: 'there' });
      },
    ));

  it('what was learnt, once an object that the list has is answered like that; it is learnt anew', async () => {
    let brokenUntil = 0;
    await against(
      (id, count) => {
        if (!listed.includes(id)) return { status: 500 };
        return id === '1' && count > 2 && count < brokenUntil ? { status: 500 } : vendor(id);
      },
      async ({ reads, again, heard }) => {
        expect(await reads.find('9', {})).toMatchObject({ kind: 'gone' });
        expect(await heard()).toBeDefined();
        brokenUntil = 30;
        await expect(reads.find('8', {})).rejects.toThrow(UnavailableError);
        expect(await heard()).toBeUndefined();
        brokenUntil = 0;
        expect(await again().find('8', {})).toMatchObject({ kind: 'gone' });
      },
    );
  });

  it('whatever answers come by chance: an object that is there is never gone', async () => {
    const chance = fc.record({
      share: fc.double({ min: 0.05, max: 0.5, noNaN: true }),
      fault: fc.constantFrom<StubAnswer>(
        { status: 500 },
        { status: 503, body: '<html></html>' },
        { status: 200, body: '' },
        { status: 404, body: '<html>Not here</html>' },
      ),
      fates: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      gone: fc.constantFrom(...Object.values(waysToSayGone)),
    });
    await fc.assert(
      fc.asyncProperty(chance, ({ share, fault, fates, gone }) =>
        against(
          (id) => {
            if (fates.next().value < share) return fault;
            return listed.includes(id) || id === '9' ? vendor(id) : gone(id);
          },
          async ({ reads }) => {
            const found = await reads.find('9', {}).catch((error: unknown) => {
              if (!(error instanceof UnavailableError || error instanceof ContractError)) throw error;
              return { kind: 'unavailable' };
            });
            expect(found.kind).not.toBe('gone');
          },
        ),
      ),
      { numRuns: 200 },
    );
  });
});
