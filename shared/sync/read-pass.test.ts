import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContractError, NotFoundError, UnavailableError } from '../errors.ts';
import type { ListPage, RentvineClient } from '../rentvine/client.ts';
import { bills } from '../rentvine/resources/bills.ts';
import type { ListRequest } from '../rentvine/urls.ts';
import type { PageRead, Progress } from '../store/progress.ts';
import { provenByOnePass, provenByRepetition } from './completeness.ts';
import { linkedPages } from './page-plan.ts';
import { type PassOptions, readPass } from './read-pass.ts';

const epoch = new Date(0);

/** Reproducible randomness, from a seed that fast-check chooses (mulberry32). */
const randomOf = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A list as a server has it: in the order of its ids, either way. */
class ModelList {
  ids: number[];
  /** Those that are there from the first read to the last. */
  readonly allThrough: Set<number>;
  readonly #descending: boolean;
  readonly #cap: number;
  #next: number;

  constructor(rows: number, cap: number, descending = false) {
    this.ids = Array.from({ length: rows }, (_, index) => index + 1);
    this.allThrough = new Set(this.ids);
    this.#next = rows + 1;
    this.#cap = cap;
    this.#descending = descending;
  }

  add(): void {
    this.ids.push(this.#next);
    this.#next += 1;
  }

  removeAt(position: number): void {
    for (const id of this.ids.splice(position, 1)) this.allThrough.delete(id);
  }

  sizeFor(pageSize: number): number {
    return Math.min(pageSize, this.#cap);
  }

  page({ page, pageSize }: ListRequest): string[] {
    const size = this.sizeFor(pageSize);
    const ordered = this.#descending ? this.ids.toReversed() : this.ids;
    return ordered.slice((page - 1) * size, page * size).map(String);
  }
}

const pageOf = (ids: readonly string[]): ListPage => ({
  rows: [],
  rejected: [],
  ids,
  size: ids.length,
  requestedAt: epoch,
  answeredAt: epoch,
});

const clientOf = (
  answer: (request: ListRequest) => readonly string[] | Promise<readonly string[]>,
): RentvineClient => ({
  async listPage(_, request) {
    return pageOf(await answer(request));
  },
  readOne: () => Promise.reject(new Error('not asked for')),
  tryOne: () => Promise.reject(new Error('not asked for')),
});

const memory = (): Progress & { saved: PageRead[] } => {
  const saved: PageRead[] = [];
  return {
    saved,
    async savePage(page) {
      saved.push(page);
    },
    pages: async () => saved,
    saveVerified: async () => {},
    verified: async () => [],
    clear: async () => {},
  };
};

const pass = (client: RentvineClient, options: Partial<PassOptions> = {}) =>
  readPass({
    client,
    resource: bills,
    query: {},
    pass: 1,
    pageSize: 250,
    linked: true,
    capacity: 0,
    expectedRows: 0,
    width: 4,
    progress: memory(),
    read: [],
    now: () => epoch,
    outOfTime: () => false,
    store: async () => ({ created: 0, updated: 0, rejected: [] }),
    onPage: async () => {},
    honoursPages: async () => false,
    ...options,
  });

const idsOf = (pages: readonly PageRead[]) => new Set(pages.flatMap((page) => page.ids));
const missedBy = (list: ModelList, ids: ReadonlySet<string>) =>
  [...list.allThrough].filter((id) => !ids.has(String(id)));

/** A server whose list changes before reads, and whose answers come in any order. */
const drifting = (list: ModelList, random: () => number, churn: number) =>
  clientOf(async (request) => {
    for (let turn = Math.floor(random() * 4); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
    while (random() < churn) {
      if (random() < 0.6) list.removeAt(Math.floor(random() * list.ids.length));
      else list.add();
    }
    const ids = list.page(request);
    for (let turn = Math.floor(random() * 4); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
    return ids;
  });

const worlds = fc.record({
  rows: fc.integer({ min: 0, max: 300 }),
  cap: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 16, max: 80 })),
  pageSize: fc.integer({ min: 5, max: 100 }),
  descending: fc.boolean(),
  knowsCapacity: fc.boolean(),
  /** Right or wrong. */
  expectedRows: fc.integer({ min: 0, max: 400 }),
  width: fc.integer({ min: 1, max: 9 }),
  seed: fc.integer(),
  churn: fc.constantFrom(0, 0.05, 0.2, 0.5),
});

describe('promise 1: complete', () => {
  it('one pass that is proven has missed no row that existed all through it, whatever vanishes and appears meanwhile', async () => {
    let proven = 0;
    let provenUnderDrift = 0;
    await fc.assert(
      fc.asyncProperty(
        worlds,
        async ({ rows, cap, pageSize, descending, knowsCapacity, width, seed, churn, expectedRows }) => {
          const list = new ModelList(rows, cap, descending);
          const capacity = knowsCapacity ? Math.min(cap, pageSize) : 0;
          const client = drifting(list, randomOf(seed), churn);
          const { pages, ended } = await pass(client, { pageSize, capacity, width, expectedRows });
          expect(ended).toBe(true);
          if (!provenByOnePass(pages, capacity).proven) return;
          proven += 1;
          if (list.allThrough.size < rows) provenUnderDrift += 1;
          expect(missedBy(list, idsOf(pages))).toEqual([]);
        },
      ),
      { numRuns: 600 },
    );
    // The property would hold of a proof that never comes.
    expect(proven).toBeGreaterThan(60);
    expect(provenUnderDrift).toBeGreaterThan(5);
  });

  it('one pass proves a list at rest that spans pages, in either direction, where pages have room to overlap', async () => {
    const quiet = fc.record({
      cap: fc.integer({ min: 16, max: 80 }),
      pages: fc.double({ min: 1.1, max: 6, noNaN: true }),
      descending: fc.boolean(),
      width: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(quiet, async ({ cap, pages: count, descending, width }) => {
        const list = new ModelList(Math.ceil(cap * count), cap, descending);
        const { pages } = await pass(
          clientOf((request) => list.page(request)),
          { width },
        );
        expect(missedBy(list, idsOf(pages))).toEqual([]);
        // Where a page happens to end with the list, whether it was cut off cannot be known.
        const last = pages.at(-2);
        if (last !== undefined && last.size < last.pageSize) expect(provenByOnePass(pages)).toEqual({ proven: true });
      }),
      { numRuns: 200 },
    );
  });

  it('one pass never proves a list that has no stable order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 2, max: 5 }),
        async (seed, cap, pages) => {
          const random = randomOf(seed);
          const list = new ModelList(cap * pages + 1, cap);
          const shuffled = clientOf((request) => {
            list.ids.sort(() => random() - 0.5);
            return list.page(request);
          });
          const read = await pass(shuffled);
          expect(provenByOnePass(read.pages).proven).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a second pass proves it if rows vanished during one of the two at most, whatever appeared', async () => {
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.boolean(),
        async ({ rows, cap, pageSize, width, seed, churn, expectedRows }, driftsFirst) => {
          const list = new ModelList(rows, cap);
          const drift = drifting(list, randomOf(seed), churn);
          const growing = clientOf((request) => {
            list.add();
            return list.page(request);
          });
          const passes: Set<string>[] = [];
          for (const drifts of [driftsFirst, !driftsFirst]) {
            // More rows than ever appear between two reads, or a growing list would be read for ever.
            const client = drifts || cap < 5 ? drift : growing;
            passes.push(
              idsOf((await pass(client, { linked: passes.length === 0, pageSize, width, expectedRows })).pages),
            );
          }
          if (cap < 5 || !provenByRepetition(passes).proven) return;
          expect(missedBy(list, new Set(passes.flatMap((ids) => [...ids])))).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a server that ignores the page size is read to its end in at most four passes', async () => {
    for (const rows of [0, 1, 24, 25, 26, 305]) {
      const list = new ModelList(rows, 25);
      const server = clientOf(({ page }) => list.page({ page, pageSize: 25 }));
      const passes: Set<string>[] = [];
      const first = await pass(server);
      passes.push(idsOf(first.pages));
      let proof = provenByOnePass(first.pages);
      while (!proof.proven && passes.length < 4) {
        passes.push(idsOf((await pass(server, { pass: passes.length + 1, linked: false })).pages));
        proof = provenByRepetition(passes);
      }
      expect(proof.proven).toBe(true);
      expect(missedBy(list, new Set(passes.flatMap((ids) => [...ids])))).toEqual([]);
    }
  });
});

describe('a pass', () => {
  it('goes on from any subset of its pages, and reads none of them again', async () => {
    const subsets = fc.record({
      rows: fc.integer({ min: 0, max: 400 }),
      cap: fc.integer({ min: 1, max: 60 }),
      keep: fc.infiniteStream(fc.boolean()),
    });
    await fc.assert(
      fc.asyncProperty(subsets, async ({ rows, cap, keep }) => {
        const list = new ModelList(rows, cap);
        const whole = await pass(clientOf((request) => list.page(request)));
        const read = whole.pages.filter(() => keep.next().value);
        const progress = memory();
        const again = await pass(
          clientOf((request) => list.page(request)),
          { read, progress },
        );
        expect(again.ended).toBe(true);
        expect(again.pages).toEqual(whole.pages);
        expect(provenByOnePass(again.pages)).toEqual(provenByOnePass(whole.pages));
        const kept = new Set(read.map(({ index }) => index));
        expect(progress.saved.filter(({ index }) => kept.has(index))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('ends on an empty page only, and stops where time runs out', async () => {
    const list = new ModelList(1000, 100);
    let asked = 0;
    const client = clientOf((request) => {
      asked += 1;
      return list.page(request);
    });
    const slice = await pass(client, { outOfTime: () => asked >= 5 });
    expect(slice.ended).toBe(false);
    expect(asked).toBeLessThan(10);
    const rest = await pass(client, { read: slice.pages });
    expect(rest.ended).toBe(true);
    expect(rest.pages.at(-1)?.size).toBe(0);
    expect(idsOf(rest.pages).size).toBe(1000);
  });

  it('keeps the pages that were under way when one failed', async () => {
    const list = new ModelList(1000, 100);
    const progress = memory();
    const client = clientOf(async (request) => {
      if (request.page === 4) throw new UnavailableError('down');
      await new Promise((resolve) => setImmediate(resolve));
      return list.page(request);
    });
    await expect(pass(client, { progress, linked: false })).rejects.toThrow(UnavailableError);
    const saved = progress.saved.map(({ index }) => index).sort((a, b) => a - b);
    expect(saved).toEqual([1, 2, 3]);
  });

  it('never has more pages under way than its width, and learns the page size before it reads ahead', async () => {
    const list = new ModelList(3000, 100);
    let underWay = 0;
    let most = 0;
    const seen: number[] = [];
    const client = clientOf(async (request) => {
      underWay += 1;
      most = Math.max(most, underWay);
      seen.push(underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return list.page(request);
    });
    await pass(client, { width: 5 });
    expect(most).toBe(5);
    expect(seen.slice(0, 2)).toEqual([1, 1]);
  });

  it('reads ahead at once as far as the list is known to go, and no further than in an unknown one', async () => {
    const reads = async (rows: number, expectedRows: number, width = 5) => {
      const list = new ModelList(rows, 100);
      const asked: number[] = [];
      let underWay = 0;
      const client = clientOf(async (request) => {
        underWay += 1;
        asked.push(underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return list.page(request);
      });
      await pass(client, { width, expectedRows });
      return asked;
    };
    expect((await reads(3000, 3000)).slice(0, 6)).toEqual([1, 1, 2, 3, 4, 5]);
    const beyond = [];
    for (const rows of [90, 150, 290, 420]) {
      const needed = (await reads(rows, 0, 1)).length;
      beyond.push([(await reads(rows, rows)).length - needed, (await reads(rows, 0)).length - needed]);
    }
    expect(beyond).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
      [4, 4],
    ]);
  });

  it.each([
    ['ignores the page', 250, ({ pageSize }: ListRequest) => ({ page: 1, pageSize })],
    ['ignores the page and caps it', 7, ({ pageSize }: ListRequest) => ({ page: 1, pageSize })],
  ])('is a contract error after a few requests where a server %s', async (_, cap, misread) => {
    for (const linked of [true, false]) {
      const list = new ModelList(300, cap);
      let reads = 0;
      const client = clientOf((request) => {
        reads += 1;
        return list.page(misread(request));
      });
      await expect(pass(client, { linked })).rejects.toThrow(ContractError);
      expect(reads).toBeLessThan(10);
    }
  });

  it('takes a time that grows with the list, not with its square', { tags: 'long' }, async () => {
    const list = new ModelList(9000, 1);
    const before = process.threadCpuUsage();
    const { pages } = await pass(clientOf((request) => list.page(request)));
    expect(pages).toHaveLength(9001);
    expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(5_000);
  });

  it('says of quarantined rows only which they are', async () => {
    const progress = memory();
    const rejected = [
      { id: '1', reason: 'lease.rent is not an amount of money' },
      { reason: 'the row is not an object' },
    ];
    await pass(
      clientOf(({ page }) => (page === 1 ? ['1', '2'] : [])),
      {
        progress,
        store: async (page) => ({ created: 1, updated: 0, rejected: page.size > 0 ? rejected : [] }),
      },
    );
    expect(progress.saved[0]).toMatchObject({ ids: ['1', '2'], rejected: [{ id: '1' }, {}], created: 1 });
  });
});

/** What servers answer beyond the last page of a list, where it is no empty page. */
type Ending = (list: ModelList, request: ListRequest) => readonly string[];
const endings: Readonly<Record<string, Ending>> = {
  'a 404': () => {
    throw new NotFoundError('no such page', false);
  },
  'a 404 in plain text': () => {
    throw new NotFoundError('no such page', true);
  },
  'a 400': () => {
    throw new ContractError('refused', { status: 400 });
  },
  'the last page again': (list: ModelList, { pageSize }: ListRequest) =>
    list.page({ page: Math.max(1, Math.ceil(list.ids.length / list.sizeFor(pageSize))), pageSize }),
};

const endingWith = (list: ModelList, ending: Ending, onRead: () => void = () => {}) =>
  clientOf(async (request) => {
    onRead();
    await new Promise((resolve) => setImmediate(resolve));
    const ids = list.page(request);
    return ids.length === 0 && request.page > 1 ? ending(list, request) : ids;
  });

describe.each(Object.entries(endings))('a list that ends with %s', (name, ending) => {
  it('is read to its end, with a handful of requests more than one that ends with an empty page', async () => {
    const lists = fc.record({
      rows: fc.oneof(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 1, max: 8 }).map((pages) => pages * 25),
      ),
      cap: fc.integer({ min: 2, max: 80 }),
      pageSize: fc.integer({ min: 2, max: 100 }),
      linked: fc.boolean(),
      width: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(lists, async ({ rows, cap, pageSize, linked, width }) => {
        const list = new ModelList(rows, cap);
        const reads = { plain: 0, odd: 0 };
        const plain = clientOf((request) => {
          reads.plain += 1;
          return list.page(request);
        });
        const expected = await pass(plain, { pageSize, linked, width });
        const read = await pass(
          endingWith(list, ending, () => {
            reads.odd += 1;
          }),
          { pageSize, linked, width, honoursPages: async () => true },
        );
        expect(read.ended).toBe(true);
        expect(missedBy(list, idsOf(read.pages))).toEqual([]);
        expect(read.pages.at(-1)?.size).toBe(0);
        expect(provenByOnePass(read.pages)).toEqual(provenByOnePass(expected.pages));
        expect(reads.odd - reads.plain).toBeLessThan(width + 8);
      }),
      { numRuns: 300 },
    );
  });

  it('misses nothing while rows come and go, or says that it cannot tell', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ rows, cap, pageSize, width, seed, churn }) => {
        const list = new ModelList(rows, cap);
        const random = randomOf(seed);
        const drift = drifting(list, random, Math.min(churn, 0.2));
        const ended = clientOf(async (request) => {
          const { ids } = await drift.listPage(bills, request);
          return ids.length === 0 && request.page > 1 ? ending(list, request) : ids;
        });
        const read = await pass(ended, { pageSize, width }).catch((error: unknown) => {
          if (error instanceof ContractError || error instanceof NotFoundError) return undefined;
          throw error;
        });
        if (read === undefined || !provenByOnePass(read.pages).proven) return;
        expect(missedBy(list, idsOf(read.pages))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is not taken to have ended where a limit on deep pages cuts it off', async () => {
    const list = new ModelList(12_345, 250);
    const reach = 10_000;
    const limited = clientOf((request) => {
      const { page } = request;
      const size = list.sizeFor(request.pageSize);
      if (page * size <= reach) return list.page(request);
      if (name === 'the last page again') return list.page({ ...request, page: Math.floor(reach / size) });
      return ending(list, request);
    });
    await expect(pass(limited, { linked: false })).rejects.toThrow();
  });
});

describe('a refusal that is not the end', () => {
  it.each([
    ['a 404', new NotFoundError('no such page', false)],
    ['a 400', new ContractError('refused', { status: 400 })],
  ])('%s in the middle of a list fails the pass, however the list ends', async (_, refusal) => {
    for (const [ending, answer] of [['nothing', () => []] as const, ...Object.entries(endings)]) {
      const list = new ModelList(1000, 100);
      const client = clientOf((request) => {
        if (request.page === 4) throw refusal;
        const ids = list.page(request);
        return ids.length === 0 ? answer(list, request) : ids;
      });
      await expect(pass(client, { linked: false }), ending).rejects.toThrow(refusal);
    }
  });
});

it('a page that is refused while pages beyond it are empty already is judged all the same', async () => {
  const list = new ModelList(1000, 100);
  const client = clientOf(async (request) => {
    if (request.page === 1 || request.page > 10) return list.page(request);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (request.page === 9) throw new NotFoundError('no such page', false);
    return list.page(request);
  });
  await expect(pass(client, { linked: false, width: 12, expectedRows: 2000 })).rejects.toThrow(NotFoundError);
});

describe('a server that answers the same rows to everything', () => {
  const always = (rows: number) => clientOf(() => new ModelList(rows, 25).page({ page: 1, pageSize: 25 }));

  it('is believed to have no more only where another list shows that it honours pages', async () => {
    for (const rows of [1, 7, 25]) {
      await expect(pass(always(rows))).rejects.toThrow(ContractError);
      const { pages, ended } = await pass(always(rows), { honoursPages: async () => true });
      expect([ended, idsOf(pages).size]).toEqual([true, rows]);
    }
  });
});

describe('the page plan', () => {
  it('shares rows between neighbours, asks for no more than the server gives, and gets ahead', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 1000 }), (capacity) => {
        const plan = linkedPages(capacity);
        let covered = capacity;
        for (let index = 2; index < 30; index++) {
          const { page, pageSize } = plan.next().value;
          const start = (page - 1) * pageSize;
          expect(pageSize).toBeLessThanOrEqual(capacity);
          expect(start).toBeLessThan(covered);
          expect(start + pageSize).toBeGreaterThan(covered);
          covered = start + pageSize;
        }
        // Reading everything twice would cover half a page a request.
        expect(covered).toBeGreaterThan(30 * capacity * 0.55);
      }),
      { numRuns: 60 },
    );
  });
});
