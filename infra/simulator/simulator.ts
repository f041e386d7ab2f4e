import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, makeAccount } from './account.ts';
import type { Authentication } from './authentication.ts';
import type { World } from './company/world.ts';
import { control, controlPath } from './control.ts';
import { type Faults, makeFaults } from './faults/faults.ts';
import type { AccountOptions, SimulatorOptions } from './options.ts';
import { makeRequestLog, type RequestInfo, type RequestLog } from './request-log.ts';
import { type ResourceName, resourceByName } from './resources/catalogue.ts';
import { type Answer, jsonAnswer, message, notFound, send } from './server/answer.ts';
import { answerRequest } from './server/answering.ts';
import { InvalidRequest } from './server/field-errors.ts';
import { parsePage } from './server/paging.ts';
import { readBody } from './server/read-body.ts';
import { servedJson } from './server/reads.ts';
import { type Route, routesFor } from './server/routes.ts';
import type { Ways, WaysInput } from './ways.ts';

/** A hook that runs when a request has arrived and before its answer is made. */
export type BeforeRequest = (request: RequestInfo) => void | Promise<void>;

/** A running stand-in for Rentvine's API. */
export interface Simulator {
  /** `http://127.0.0.1:4010` */
  readonly url: string;
  readonly accounts: readonly string[];
  /** The base URL that an account's client needs; of the first account without a name. */
  baseUrl(account?: string): string;
  world(account?: string): World;
  /**
   * The row of an object as a list serves it now, without faults; `undefined` for one that is gone. What the platform
   * stores for it can be compared with this.
   */
  servedRow(resource: ResourceName, id: number, account?: string): unknown;
  /** The same for a single read; `includes` as its query has it. */
  servedOne(resource: ResourceName, id: number, account?: string, includes?: string): unknown;
  /** The account's keys, and how to revoke them. */
  authentication(account?: string): Authentication;
  /** Makes resources forbidden (403) for the account's key: these and no others. */
  forbid(resources: Iterable<ResourceName>, account?: string): void;
  /** How an account's server behaves. */
  ways(account?: string): Ways;
  /** Changes some of the ways in which an account's server behaves. @throws ZodError when they do not fit */
  behave(ways: WaysInput, account?: string): void;
  /** Adds a company while the server runs. */
  addAccount(options: AccountOptions): void;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Lets a test do anything at an exact moment; answers how to stop. */
  beforeRequest(hook: BeforeRequest): () => void;
  /** How far the simulator's clock is off from the clock it was given. */
  setClockOffset(offsetMs: number): void;
  /** Closes all connections, also those that hang. */
  stop(): Promise<void>;
}

const basePath = '/api/manager';

/**
 * Starts a server that behaves as rentvine-api.md describes, with a generated company for each account. The first
 * account is also served below plain `/api/manager`, every one below `/<account>/api/manager`.
 *
 * @throws RangeError when the counts contradict each other, or an account is named twice
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { seed = 1, latencyMs = 0, host = '127.0.0.1', clock: baseClock = Date.now } = options;
  let offsetMs = 0;
  const clock = () => baseClock() + offsetMs;
  const accounts = new Map<string, Account>();
  const requests = makeRequestLog();
  const hooks = new Set<BeforeRequest>();
  const faults = makeFaults(seed, clock, () => {
    for (const account of accounts.values()) account.resetListings();
  });
  let arrived = 0;

  function addAccount(account: AccountOptions): void {
    if (!/^[\w-]+$/.test(account.name)) throw new RangeError(`"${account.name}" cannot be an account's name.`);
    if (accounts.has(account.name)) throw new RangeError(`There are two accounts named "${account.name}".`);
    accounts.set(account.name, makeAccount(account, options, account.seed ?? seed + accounts.size, clock));
  }

  function find(name?: string): Account {
    const account = name === undefined ? accounts.values().next().value : accounts.get(name);
    if (account === undefined) throw new RangeError(`There is no account "${name}".`);
    return account;
  }

  /** Splits `/acme/api/manager/leases/export` into account and path. */
  function locate(pathname: string): { account: Account | undefined; path: string } {
    const match = /^(?:\/([\w-]+))?\/api\/manager(\/.*)$/.exec(pathname);
    const account = match?.[1] === undefined ? (match === null ? undefined : find()) : accounts.get(match[1]);
    return { account, path: match?.[2] ?? pathname };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method ?? 'GET';
    if (url.pathname === controlPath || url.pathname.startsWith(`${controlPath}/`)) {
      const answer = control(
        { accounts, faults, requests, setClockOffset },
        method,
        url.pathname,
        (await readBody(request)).json,
      );
      send(response, answer, new Date(clock()));
      return;
    }
    const { account, path } = locate(url.pathname);
    if (account === undefined) {
      send(response, notFound(), new Date(clock()));
      return;
    }
    const leave = requests.enter(account.name);
    response.once('close', leave);
    const route = routesFor(account.ways.paths)(method, path);
    arrived += 1;
    const info = describe(arrived, account, method, path, url.searchParams, route);
    requests.add(info);
    const content = method === 'POST' ? await readBody(request) : {};
    for (const hook of hooks) await hook(info);

    const due = faults.forRequest(info);
    const outcome = answerRequest({
      account,
      route,
      info,
      body: content.json,
      file: content.file,
      headers: request.headers,
      faults,
      due,
      options,
      seed,
      clock,
    });
    const date = new Date(clock());
    // The answer is made before the wait: what is on its way does not know what changes meanwhile.
    const waitMs = due.reduce((sum, fault) => sum + (fault.kind === 'latency' ? fault.ms : 0), latencyMs);
    if (waitMs > 0) await sleep(waitMs);
    if (!response.destroyed) send(response, outcome, date);
  }

  function setClockOffset(ms: number): void {
    offsetMs = ms;
  }

  const given = options.accounts ?? ['acme'];
  for (const account of given) addAccount(typeof account === 'string' ? { name: account } : account);

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, failure(error), new Date(clock()));
    });
  });
  // A client's idle connection must not be closed under its next request.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const url = `http://${host}:${portOf(server.address())}`;

  return {
    url,
    get accounts() {
      return [...accounts.keys()];
    },
    baseUrl: (name) => `${url}/${find(name).name}${basePath}`,
    world: (name) => find(name).world,
    servedRow: (resource, id, name) => parsed(servedJson(find(name), resourceByName(resource), id, 'list')),
    servedOne: (resource, id, name, includes) =>
      parsed(servedJson(find(name), resourceByName(resource), id, 'one', includes)),
    authentication: (name) => find(name).authentication,
    forbid: (resources, name) => find(name).behave({ forbidden: [...resources] }),
    ways: (name) => find(name).ways,
    behave: (ways, name) => find(name).behave(ways),
    addAccount,
    faults,
    requests,
    beforeRequest(hook) {
      hooks.add(hook);
      return () => hooks.delete(hook);
    },
    setClockOffset,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const parsed = (json: string | undefined): unknown => (json === undefined ? undefined : JSON.parse(json));

function describe(
  number: number,
  { name: account, ways }: Account,
  method: string,
  path: string,
  query: URLSearchParams,
  route: Route | undefined,
): RequestInfo {
  const isWrite = route?.kind === 'create' || (route?.kind === 'one' && method !== 'GET');
  const base = { number, account, method, path, query, arrivedAtMs: performance.timeOrigin + performance.now() };
  if (route === undefined || route.kind === 'token') return { ...base, kind: route?.kind ?? 'unknown' };
  if (route.kind === 'endpoint') return { ...base, kind: 'other' };
  const resource = route.resource.name;
  if (route.kind !== 'list') {
    return { ...base, kind: isWrite ? 'write' : 'one', resource, ...(route.kind === 'one' && { id: route.id }) };
  }
  try {
    const page = parsePage(route.path, query, ways.pageCap);
    return { ...base, kind: 'list', resource, page: page.number, pageSize: page.size };
  } catch (error) {
    // The answer will say what is wrong with the page.
    if (error instanceof InvalidRequest) return { ...base, kind: 'list', resource };
    throw error;
  }
}

/** A mistake in a hook or in the simulator itself shows in the answer, where a test's reader will look. */
function failure(error: unknown): Answer {
  if (error instanceof RangeError) return message(400, error.message);
  return jsonAnswer(500, { simulatorFailed: error instanceof Error ? error.message : String(error) });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new RangeError('The server has no port.');
  return address.port;
}
