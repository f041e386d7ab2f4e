import type { AnswerKind } from './answer-kind.ts';
import type { PaginationClaim } from './pagination.ts';
import type { Resource } from './resource.ts';
import type { ResourceData } from './resource-data.ts';
import type { ParsedRow, RejectedRow } from './row.ts';
import type { ListRequest } from './urls.ts';

/** When an answer was asked for and came, by our clock, and the server's own `Date` where it said so (whole seconds). */
export interface AnswerTimes {
  readonly requestedAt: Date;
  readonly answeredAt: Date;
  readonly serverDate?: Date;
}

/** One page of a list. */
export interface ListPage extends AnswerTimes {
  readonly rows: readonly ParsedRow[];
  /** Rows that do not fit their schema. */
  readonly rejected: readonly RejectedRow[];
  /** Ids of all rows that have one, the rejected included, in the order of the answer. */
  readonly ids: readonly string[];
  /** Ids of the objects, where what was paged through is their parents: then `ids` and `size` are the parents'. */
  readonly objectIds?: readonly string[];
  /** Rows as answered: the real page size, where more follows. */
  readonly size: number;
  /** What the answer says about the whole list, if anything. */
  readonly claim?: PaginationClaim;
}

/** One object. */
export interface OneAnswer extends ParsedRow, AnswerTimes {}

/** What one question about an object brought: the object, or an answer of some other kind. */
export type Reply =
  | { readonly kind: 'there'; readonly answer: OneAnswer }
  | ({ readonly kind: 'other'; readonly answerKind: AnswerKind } & AnswerTimes);

/** Reads one account. Every method rejects with a `PlatformError`, or with what the gate threw. */
export interface RentvineClient {
  /**
   * Reads one page of a list. Rows that do not fit are set aside in `rejected`.
   *
   * @throws ContractError when the answer is no list, or when none of its rows has even an id
   */
  listPage(resource: Resource, request: ListRequest): Promise<ListPage>;
  /**
   * Reads one object.
   *
   * @param fields what is known of the record, for paths that name its parent
   * @throws NotFoundError when it does not exist; `asHtml` says that it was not Rentvine's API that said so
   * @throws ContractError when the answer is another object, or does not fit its schema
   */
  readOne(resource: Resource, id: string, fields: ResourceData): Promise<OneAnswer>;
  /**
   * Asks for one object once, and answers whatever kind of answer came. To the breaker a 5xx here is no failure, so that an
   * account's own way to say "there is no such object" can be learnt.
   *
   * @throws ContractError when the object's address is not known
   */
  tryOne(resource: Resource, id: string, fields: ResourceData): Promise<Reply>;
}
