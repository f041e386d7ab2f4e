import type { ResourceName } from './resources/catalogue.ts';

export type RequestKind = 'list' | 'one' | 'write' | 'token' | 'other' | 'unknown';

/** One request as the server understood it. */
export interface RequestInfo {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly account: string;
  readonly kind: RequestKind;
  readonly method: string;
  /** Below the account's base path. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly resource?: ResourceName;
  readonly id?: number;
  readonly page?: number;
  readonly pageSize?: number;
  /** Real epoch milliseconds with a fraction, whatever the simulator's clock says. */
  readonly arrivedAtMs: number;
}

export interface RequestFilter {
  readonly account?: string;
  readonly resource?: ResourceName;
  readonly kind?: RequestKind;
}

/** What was asked since the last reset. Answers stay true while requests are under way. */
export interface RequestLog {
  readonly all: readonly RequestInfo[];
  count(filter?: RequestFilter): number;
  /** Numbers by `<account> <kind> <resource>`. */
  byRoute(): Record<string, number>;
  /** Arrival times in real epoch milliseconds, ascending. */
  timestamps(account?: string): number[];
  /** The most requests of an account that were under way at once. */
  maxInFlight(account: string): number;
  inFlight(account: string): number;
  /** Forgets the past; requests under way stay counted as under way. */
  reset(): void;
}

export interface RequestRecorder extends RequestLog {
  /** Notes an arrival; the returned function notes the end of its answer. */
  enter(account: string): () => void;
  add(info: RequestInfo): void;
}

export function makeRequestLog(): RequestRecorder {
  let all: RequestInfo[] = [];
  const inFlight = new Map<string, number>();
  const highest = new Map<string, number>();
  const select = ({ account, resource, kind }: RequestFilter): RequestInfo[] =>
    all.filter(
      (info) =>
        (account === undefined || info.account === account) &&
        (resource === undefined || info.resource === resource) &&
        (kind === undefined || info.kind === kind),
    );

  return {
    get all() {
      return all;
    },
    count: (filter = {}) => select(filter).length,
    byRoute() {
      const counts: Record<string, number> = {};
      for (const { account, kind, resource } of all) {
        const route = [account, kind, resource].filter((part) => part !== undefined).join(' ');
        counts[route] = (counts[route] ?? 0) + 1;
      }
      return counts;
    },
    timestamps: (account) => select(account === undefined ? {} : { account }).map((info) => info.arrivedAtMs),
    maxInFlight: (account) => highest.get(account) ?? 0,
    inFlight: (account) => inFlight.get(account) ?? 0,
    reset() {
      all = [];
      highest.clear();
      for (const [account, count] of inFlight) highest.set(account, count);
    },
    enter(account) {
      const count = (inFlight.get(account) ?? 0) + 1;
      inFlight.set(account, count);
      highest.set(account, Math.max(highest.get(account) ?? 0, count));
      let left = false;
      return () => {
        if (left) return;
        left = true;
        inFlight.set(account, (inFlight.get(account) ?? 1) - 1);
      };
    },
    add: (info) => void all.push(info),
  };
}
