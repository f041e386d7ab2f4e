import { setTimeout as sleepMs } from 'node:timers/promises';
import type { AccountGate } from '../account/gate.ts';
import { AuthenticationError, ContractError } from '../errors.ts';
import { assertUsableAccount, type RentvineAccount } from './account.ts';
import { readAnswer } from './answer.ts';
import { answerKindOf } from './answer-kind.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { basicAuthenticator } from './auth/basic.ts';
import { tokenAuthenticator } from './auth/token.ts';
import { type Call, createCaller, type RequestEvent, type TraceCall, type UnreadExchange } from './caller.ts';
import { listRows, singleRow, unknownRows } from './envelope.ts';
import { listedByParent } from './listed-by-parent.ts';
import { readPaginationClaim } from './pagination.ts';
import type { ListPage, RentvineClient } from './reads.ts';
import type { Resource } from './resource.ts';
import type { ResourceData } from './resource-data.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts';
import type { ParsedRow, RejectedRow, RowReader } from './row.ts';
import { type RowReaders, rowReaders } from './row-readers.ts';
import { type ListRequest, listUrl, oneUrl } from './urls.ts';

export type { RentvineAccount } from './account.ts';
export type { RequestEvent, TraceCall } from './caller.ts';
export type { AnswerTimes, ListPage, OneAnswer, RentvineClient, Reply } from './reads.ts';

export interface RentvineClientOptions {
  readonly account: RentvineAccount;
  readonly gate: AccountGate;
  /**
   * Epoch milliseconds until which this invocation may wait or retry. A request under way is not cut short by it: that
   * would look like an outage. Leave `requestTimeoutMs` between it and the invocation's end.
   */
  readonly deadline: () => number;
  /** For one request, from sending to the last byte of its body; waiting at the gate does not count. 30 s by default. */
  readonly requestTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly fetch?: typeof fetch;
  /** Read the rows, and see which fields they have. Made for the account by default; pass your own to ask it later. */
  readonly readers?: RowReaders;
  /** Told of every attempt, after its permit was given back. */
  readonly onRequest?: (event: RequestEvent) => void;
  /** Sends each attempt, so that it appears in a trace. */
  readonly trace?: TraceCall;
}

/** The authenticated way to one account, through its gate. */
function connect(options: RentvineClientOptions) {
  const { account } = options;
  assertUsableAccount(account);
  const caller = createCaller({
    ...options,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    retry: { ...defaultRetryPolicy, ...options.retry },
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? sleepMs,
  });
  const commonHeaders = { Accept: 'application/json', 'X-Rentvine-Account': account.name };
  const authenticator: Authenticator =
    account.auth.scheme === 'basic'
      ? basicAuthenticator(account.auth)
      : tokenAuthenticator(account, account.auth, caller, commonHeaders);

  async function get<T>(
    resource: Pick<Resource, 'name'>,
    what: string,
    url: URL,
    request: (call: Call) => Promise<T>,
  ): Promise<T> {
    const send = (auth: Readonly<Record<string, string>>) =>
      request({ resource: resource.name, what, url, headers: { ...commonHeaders, ...auth } });
    // Before the gate, not inside it: a token request needs a permit of its own, and there may be only one.
    const auth = await authenticator.headers();
    try {
      return await send(auth);
    } catch (error) {
      if (!(error instanceof AuthenticationError && error.status === 401)) throw error;
      const renewed = await authenticator.renew(auth);
      if (renewed === undefined) throw error;
      return send(renewed);
    }
  }

  return { caller, get };
}

/**
 * Reads whatever lies below an account's address, each time once, and answers it unread: for finding out how a server behaves.
 *
 * @throws ConfigurationError when the account could never work, naming the key
 */
export function createUnreadClient(
  options: RentvineClientOptions,
): (resource: Pick<Resource, 'name'>, url: URL) => Promise<UnreadExchange> {
  const { caller, get } = connect(options);
  return (resource, url) => get(resource, `something of ${resource.name}`, url, caller.ask);
}

/**
 * Makes the client of one account. It keeps a token, if the account needs one, for as long as it lives.
 *
 * @throws ConfigurationError when the account could never work, naming the key
 */
export function createRentvineClient(options: RentvineClientOptions): RentvineClient {
  const { account, readers = rowReaders(options.account.keep) } = options;
  const { caller, get } = connect(options);

  async function readPage(resource: Resource, request: ListRequest, fields?: ResourceData): Promise<ListPage> {
    const { body, headers, ...times } = await get(
      resource,
      `the list of ${resource.name}`,
      listUrl(account, resource, request, fields),
      caller.send,
    );
    const answered = listRows(resource, body);
    const reader = readers.of(resource, 'list');
    const rows: ParsedRow[] = [];
    const rejected: RejectedRow[] = [];
    const ids: string[] = [];
    for (const raw of answered) {
      const result = reader.read(raw);
      if (result.ok) rows.push(result.row);
      else rejected.push(result.rejected);
      const id = result.ok ? result.row.id : result.rejected.id;
      if (id !== undefined) ids.push(id);
    }
    if (answered.length > 0 && ids.length === 0) throw unknownRows(resource, answered);
    const claim = readPaginationClaim(headers);
    return { rows, rejected, ids, size: answered.length, ...(claim !== undefined && { claim }), ...times };
  }

  const byParent = listedByParent(readPage);
  return {
    listPage: (resource, request) =>
      resource.parent === undefined ? readPage(resource, request) : byParent.listPage(resource, request),

    async readOne(resource, id, fields) {
      if (resource.parent !== undefined) return byParent.readOne(resource, id, fields);
      const url = oneUrl(account, resource, id, fields);
      const { body, headers: _headers, ...times } = await get(resource, `one of ${resource.name}`, url, caller.send);
      const result = readers.of(resource, 'single').read(singleRow(resource, body));
      if (!result.ok) {
        throw new ContractError(
          `Rentvine answered one of ${resource.name} that does not fit: ${result.rejected.reason}`,
        );
      }
      if (result.row.id !== id)
        throw new ContractError(`Rentvine answered another one of ${resource.name} than asked for`);
      return { ...result.row, ...times };
    },

    async tryOne(resource, id, fields) {
      if (resource.parent !== undefined) return byParent.tryOne(resource, id, fields);
      const url = oneUrl(account, resource, id, fields);
      const { answer, ...times } = await get(resource, `one of ${resource.name}`, url, caller.ask);
      const reading = readAnswer(answer, `one of ${resource.name}`, times.answeredAt.getTime());
      const row = reading.ok ? rowIn(resource, reading.body, readers.of(resource, 'single')) : undefined;
      if (row?.id === id) return { kind: 'there', answer: { ...row, ...times } };
      return { kind: 'other', answerKind: answerKindOf(answer), ...times };
    },
  };
}

function rowIn(resource: Resource, body: unknown, reader: RowReader): ParsedRow | undefined {
  try {
    const result = reader.read(singleRow(resource, body));
    return result.ok ? result.row : undefined;
  } catch (error) {
    if (error instanceof ContractError) return undefined;
    throw error;
  }
}
