import type { ResourceName } from '../../shared/rentvine/resource.ts';
import type { Credentials } from './authentication.ts';
import type { Clock } from './clock.ts';
import type { CompanySize, Counts } from './generator/counts.ts';
import type { RowOrder } from './listing.ts';
import type { ListPaths } from './routes.ts';
import type { KeySpelling, ValueSpelling } from './wire-spelling.ts';

/** One company on the server. Keys that are not given are plainly fake ones, see `fakeCredentials`. */
export interface AccountOptions extends Partial<Credentials> {
  readonly name: string;
  readonly seed?: number;
  readonly size?: CompanySize;
  readonly counts?: Partial<Counts>;
  /** Resources that the key's role may not read: 403. */
  readonly forbidden?: readonly ResourceName[];
}

export interface SimulatorOptions {
  /** Default 0, a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 1. Further accounts count up from it. */
  readonly seed?: number;
  readonly size?: CompanySize;
  readonly counts?: Partial<Counts>;
  /** The day that the companies' history leads up to; default the clock's today, 00:00 UTC. */
  readonly now?: Date;
  /** What the server believes to be the time: `Date` header, dates of change, life of tokens. Default the real time. */
  readonly clock?: Clock;
  /** Milliseconds of real time before each answer. Default 0. */
  readonly latencyMs?: number;
  /** Names or more. Default one account, `acme`. */
  readonly accounts?: readonly (string | AccountOptions)[];
  /** The `pageSize` above which the server silently answers fewer rows. Default 500. */
  readonly pageCap?: number;
  /** `array` (default), or the key under which a list is wrapped: `data`, `results`, or one that nobody knows. */
  readonly envelope?: string;
  /** Default `mixed`. */
  readonly values?: ValueSpelling;
  /** Default `ID`. */
  readonly keys?: KeySpelling;
  /** Default `idAscending`. */
  readonly order?: RowOrder;
  /** Whether `dateTimeModifiedMin` includes that very second. Default true. */
  readonly inclusiveModifiedMin?: boolean;
  /** Single reads: `{ lease, ...siblings }` (default), `{ lease }`, or the bare object. */
  readonly singleReads?: 'withSiblings' | 'alone' | 'flat';
  /** Default one hour. */
  readonly tokenLifetimeMs?: number;
  /** List paths that differ from the resource table's. */
  readonly listPaths?: ListPaths;
  /** Fields that a POST ignores with a 200; default one of leases and one of work orders. */
  readonly ignoredFields?: Partial<Record<ResourceName, readonly string[]>>;
}
