import type { TurnableClock } from '../../infra/local/clock/turnable-clock.ts';
import type { Counts } from '../../infra/simulator/company/counts.ts';
import type { World } from '../../infra/simulator/company/world.ts';
import type { AccountOptions, SimulatorOptions } from '../../infra/simulator/options.ts';
import type { Simulator } from '../../infra/simulator/simulator.ts';
import type { ChangeEvent } from '../../shared/events/change-event-schema.ts';
import { type ResourceName, resources } from '../../shared/rentvine/resources/catalogue.ts';
import { readGateState } from '../../shared/store/account-gate.ts';
import type { Collection } from '../../shared/store/collection.ts';
import { allRecords, type StoredRecord } from '../../shared/store/records.ts';
import { isFinished, type Run, readRun } from '../../shared/store/runs.ts';
import { runIdOf } from '../../shared/sync/job.ts';
import { eventually } from './eventually.ts';
import type { Harness } from './harness.ts';

export const allResources: readonly ResourceName[] = resources.map(({ name }) => name);

/** A company in which every resource has rows, and most have several pages of the harness's size. */
export const smallCompany: Partial<Counts> = {
  portfolios: 3,
  properties: 6,
  units: 24,
  leases: 30,
  tenants: 24,
  owners: 4,
  vendors: 7,
  workOrders: 24,
  transactions: 45,
  applications: 6,
  bills: 22,
};

export interface CompanyOptions extends Partial<Omit<AccountOptions, 'counts'>> {
  /** What differs from `smallCompany`. */
  readonly counts?: Partial<Counts>;
  /** How its server behaves. */
  readonly simulator?: Omit<SimulatorOptions, 'accounts'>;
  /** A simulator that runs already, and is not stopped with the stack. */
  readonly existing?: Simulator;
}

export interface SyncOptions {
  readonly activeOnly?: boolean;
  /** When the tick was due; default now. */
  readonly scheduledAt?: Date;
}

/** One account of the stack, and the simulated company that it mirrors. */
export interface Company {
  readonly account: string;
  readonly harness: Harness;
  readonly simulator: Simulator;
  readonly world: World;
  /**
   * Sets the account's secret: its key pair and address, and what is given here instead or on top. What is under `webhook` is put
   * into the secret of its webhooks.
   */
  putSecret(content?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Asks for a run as a schedule's tick does, and does not wait for it. */
  request(resource: ResourceName, mode: Run['mode'], options?: SyncOptions): Promise<string>;
  /** Waits until it is over, the clock being turned; of one that was covered by another, answers that other one. */
  finished(resource: ResourceName, runId: string): Promise<Run>;
  /** The run as it stands. */
  run(resource: ResourceName, runId: string): Promise<Run | undefined>;
  /** Asks for a run and waits until it is over. */
  sync(resource: ResourceName, mode: Run['mode'], options?: SyncOptions): Promise<Run>;
  /** The same for several resources at once. */
  syncAll(
    names: readonly ResourceName[],
    mode: Run['mode'],
    options?: SyncOptions,
  ): Promise<ReadonlyMap<ResourceName, Run>>;
  collection(resource: ResourceName): Collection;
  /** All records of a resource by id, tombstones included. */
  stored(resource: ResourceName): Promise<ReadonlyMap<string, StoredRecord>>;
  /** One record. @throws Error when there is none */
  record(resource: ResourceName, id: number): Promise<StoredRecord>;
  events(resource: ResourceName): ChangeEvent[];
}

/** Turns the clock to this time, if it is still to come. */
function turnTo(clock: TurnableClock, time: number): void {
  const ms = Math.ceil(time - clock.now().getTime());
  if (ms > 0) clock.turn(ms);
}

export function companyOn(harness: Harness, simulator: Simulator): Company {
  const account = simulator.accounts[0] ?? '';
  const { clock } = harness;

  const endOf = (resource: ResourceName, runId: string, isEnd: (run: Run) => boolean): Promise<Run> =>
    eventually(
      `the end of ${account}'s run of ${resource}`,
      async () => {
        const run = await company.run(resource, runId);
        if (run !== undefined && isEnd(run)) return run;
        const putOffUntil = harness.putOffUntil({ account, resource });
        turnTo(clock, putOffUntil ?? (await readGateState(harness.state, account)).openUntil);
        return undefined;
      },
      { news: () => harness.workerEnd({ account, resource }) },
    );

  const company: Company = {
    account,
    harness,
    simulator,
    world: simulator.world(),
    async putSecret({ webhook, ...content } = {}) {
      const { accessKey, secret } = simulator.authentication().credentials;
      const auth = { scheme: 'basic', accessKey, secret };
      await harness.platform.putSecret(account, { auth, baseUrl: simulator.baseUrl(), ...content });
      if (webhook !== undefined) await harness.platform.putWebhookSecret(account, webhook);
    },
    async request(resource, mode, { activeOnly = false, scheduledAt = clock.now() } = {}) {
      const tick = { resource, mode, activeOnly, scheduledAt: scheduledAt.toISOString(), correlationId: 'a-tick' };
      await harness.platform.plan({ ...tick, accounts: [account] });
      return runIdOf(tick);
    },
    async finished(resource, runId) {
      const run = await endOf(resource, runId, isFinished);
      const coveredBy = run.coveredBy === undefined ? undefined : await company.run(resource, run.coveredBy);
      return coveredBy ?? run;
    },
    run: (resource, runId) => readRun(harness.state, company.collection(resource), runId),
    async sync(resource, mode, options) {
      return company.finished(resource, await company.request(resource, mode, options));
    },
    async syncAll(names, mode, options) {
      return new Map(
        await Promise.all(names.map(async (name) => [name, await company.sync(name, mode, options)] as const)),
      );
    },
    collection: (resource) => ({ account, resource }),
    async stored(resource) {
      const found = new Map<string, StoredRecord>();
      for await (const record of allRecords(harness.records, company.collection(resource))) {
        found.set(record.id, record);
      }
      return found;
    },
    async record(resource, id) {
      const record = (await company.stored(resource)).get(String(id));
      if (record === undefined) throw new Error(`There is no record ${id} of ${resource}.`);
      return record;
    },
    events: (resource) => harness.events.filter((event) => event.account === account && event.resource === resource),
  };
  return company;
}
