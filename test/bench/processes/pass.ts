/** Entry of the process that reads and stores one list, one page after another or as the product does. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import { rentvineAccess } from '../../../functions/rentvine-access.ts';
import { localClientConfig } from '../../../infra/local/identity.ts';
import type { ListPage } from '../../../shared/rentvine/client.ts';
import { leases } from '../../../shared/rentvine/resources/leases.ts';
import { documentClient } from '../../../shared/store/dynamo-table.ts';
import { fieldKnowledge } from '../../../shared/store/field-knowledge.ts';
import { progressOf } from '../../../shared/store/progress.ts';
import { linkedPages, type PageRequest, plainPage } from '../../../shared/sync/page-plan.ts';
import { readPass } from '../../../shared/sync/read-pass.ts';
import { syncSettingsSchema } from '../../../shared/sync/settings.ts';
import { storePage } from '../../../shared/sync/store-answers.ts';
import { type Pass, passOptions } from './protocol.ts';
import { serve } from './remote.ts';

type Options = z.output<typeof passOptions>;

const now = () => new Date();
const maxPassMs = 600_000;

serve({
  async pass(argument): Promise<Pass> {
    const options = passOptions.parse(argument);
    const work = prepare(options);
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    const result = await (options.inFlight === 'oneByOne' ? work.oneByOne() : work.asTheProduct());
    const { user, system } = process.cpuUsage(cpuBefore);
    return { ...result, durationMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
  },
});

function prepare(options: Options) {
  const { company, collection, pageSize, expectedRows, inFlight, requestsPerSecond, burst } = options;
  const database = documentClient(new DynamoDBClient(localClientConfig(options.access)));
  const state = { client: database, name: options.stateTable };
  const maxInFlight = inFlight === 'oneByOne' ? 1 : inFlight;
  const settings = syncSettingsSchema.parse({ pageSize, requestsPerSecond, burst, maxInFlight });
  const { name, baseUrl, accessKey, secret } = company;
  const client = rentvineAccess({
    account: { name, baseUrl, auth: { scheme: 'basic', accessKey, secret }, paths: {}, keep: [] },
    state,
    settings,
    deadline: () => Date.now() + maxPassMs,
  });
  const copy = { account: collection, resource: leases.name };
  const store = {
    records: { client: database, name: options.recordsTable },
    collection: copy,
    fields: fieldKnowledge(state, copy, now),
    now,
    correlationId: 'bench',
  };
  const storeRows = (page: ListPage) => storePage(store, page.rows, page);

  return {
    /** The same pages, each stored before the next one is asked for. */
    async oneByOne() {
      let [pages, created, updated] = [0, 0, 0];
      for (const request of plannedPages(pageSize)) {
        const page = await client.listPage(leases, { ...request, query: {} });
        const stored = await storeRows(page);
        pages += 1;
        created += stored.created;
        updated += stored.updated;
        if (page.size === 0) break;
      }
      return { pages, created, updated };
    },
    async asTheProduct() {
      const { pages } = await readPass({
        client,
        resource: leases,
        query: {},
        pass: 1,
        pageSize,
        linked: true,
        capacity: 0,
        expectedRows,
        width: maxInFlight + 1,
        progress: progressOf(state, `${collection}#${crypto.randomUUID()}`),
        read: [],
        now,
        outOfTime: () => false,
        store: storeRows,
        onPage: async () => {},
        honoursPages: async () => false,
      });
      const sum = (of: 'created' | 'updated') => pages.reduce((total, page) => total + page[of], 0);
      return { pages: pages.length, created: sum('created'), updated: sum('updated') };
    },
  };
}

function* plannedPages(pageSize: number): Generator<PageRequest> {
  yield plainPage(1, pageSize);
  yield* linkedPages(pageSize);
}
