import type { Credentials } from './authentication.ts';
import type { Clock } from './clock.ts';
import type { CompanyOptions } from './company/company.ts';
import type { ResourceName } from './resources/catalogue.ts';
import type { WaysInput } from './ways.ts';

/** What a company consists of, unless the account says otherwise. */
type CompanyDefaults = Omit<CompanyOptions, 'seed'>;

/** One company on the server. Keys that are not given are plainly fake ones, see `fakeCredentials`. */
export interface AccountOptions extends Partial<Credentials>, Omit<CompanyOptions, 'now'>, WaysInput {
  readonly name: string;
}

/** What is given here holds for every account that does not say otherwise. */
export interface SimulatorOptions extends CompanyDefaults, WaysInput {
  /** Default 0, a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 1. Further accounts count up from it. */
  readonly seed?: number;
  /** What the server believes to be the time: `Date` header, dates of change, life of tokens. Default the real time. */
  readonly clock?: Clock;
  /** Milliseconds of real time before each answer. Default 0. */
  readonly latencyMs?: number;
  /** Names or more. Default one account, `acme`. */
  readonly accounts?: readonly (string | AccountOptions)[];
  /** Default one hour. */
  readonly tokenLifetimeMs?: number;
  /** Fields that a POST ignores with a 200, instead of those that have been seen. */
  readonly ignoredFields?: Partial<Record<ResourceName, readonly string[]>>;
}
