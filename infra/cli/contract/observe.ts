import { ContractError, PlatformError } from '../../../shared/errors.ts';
import type { RentvineAccount } from '../../../shared/rentvine/account.ts';
import type { Answer } from '../../../shared/rentvine/answer.ts';
import { answerKindOf, describeAnswerKind } from '../../../shared/rentvine/answer-kind.ts';
import type { UnreadExchange } from '../../../shared/rentvine/caller.ts';
import { canonicalKey } from '../../../shared/rentvine/canonical.ts';
import { listRows, singleRow } from '../../../shared/rentvine/envelope.ts';
import { impossibleIds } from '../../../shared/rentvine/impossible-ids.ts';
import { isObject } from '../../../shared/rentvine/keys.ts';
import { readPaginationClaim } from '../../../shared/rentvine/pagination.ts';
import type { Resource } from '../../../shared/rentvine/resource.ts';
import { type ParsedRow, rowReader } from '../../../shared/rentvine/row.ts';
import { hasSingleRead, type ListQuery, listUrl, oneUrl } from '../../../shared/rentvine/urls.ts';
import { limitHeader } from '../limit-header.ts';
import { unknownCodes } from './codes.ts';
import type { Observation, ResourceObservation } from './observation.ts';
import { spellingsOf } from './spellings.ts';

/** Asks one question, once, within the account's limits. */
export type Ask = (resource: Pick<Resource, 'name'>, url: URL) => Promise<UnreadExchange>;

const pageSize = 250;
/** Beyond the end of any list. */
const farPage = 100_000;
const farFuture = '2100-01-01 00:00:00';

/**
 * Finds out how an account's server answers: about six questions a resource, all of them reads.
 *
 * @param tell told of each resource as it is begun
 * @throws PlatformError where the account cannot be asked at all
 */
export async function observe(
  account: RentvineAccount,
  resources: readonly Resource[],
  ask: Ask,
  tell: (resource: string) => void = () => {},
): Promise<Observation> {
  const limitHeaders = new Set<string>();
  let clockAheadS: number | undefined;
  const asking: Ask = async (resource, url) => {
    const exchange = await ask(resource, url);
    for (const name of exchange.answer.headers.keys()) if (limitHeader.test(name)) limitHeaders.add(name);
    const { serverDate, answeredAt } = exchange;
    if (serverDate !== undefined) clockAheadS ??= Math.round((serverDate.getTime() - answeredAt.getTime()) / 1000);
    return exchange;
  };
  const observed: ResourceObservation[] = [];
  // What is listed for each parent alone has no list of its own to ask about.
  for (const resource of resources.filter(({ parent }) => parent === undefined)) {
    tell(resource.name);
    observed.push(await observeResource(account, resource, asking));
  }
  const rowsForLimitOne = await rowsForLimit(account, resources, observed, asking);
  return {
    version: 1,
    ...(clockAheadS !== undefined && { clockAheadS }),
    limitHeaders: [...limitHeaders].sort(),
    ...(rowsForLimitOne !== undefined && { rowsForLimitOne }),
    resources: observed,
  };
}

async function observeResource(account: RentvineAccount, resource: Resource, ask: Ask): Promise<ResourceObservation> {
  const list = (page: number, query: ListQuery = {}) =>
    ask(resource, listUrl(account, resource, { page, pageSize, query }));
  const listReader = rowReader(resource);
  const oneReader = rowReader(resource);
  const fieldsOf = (reader: typeof listReader) =>
    Object.fromEntries(reader.seen().fields.map(({ path, types }) => [path, [...types]]));

  const first = await list(1);
  const page = rowsIn(resource, first.answer);
  const read = page?.rows.map((row) => listReader.read(row)) ?? [];
  const parsed = read.flatMap((result) => (result.ok ? [result.row] : []));
  const reasons = read.flatMap((result) => (result.ok ? [] : [result.rejected.reason]));
  const observation: ResourceObservation = {
    resource: resource.name,
    list: describeAnswerKind(answerKindOf(first.answer)),
    ...(page !== undefined && { envelope: page.envelope }),
    rows: page?.rows.length ?? 0,
    unfit: reasons.length,
    reasons: [...new Set(reasons)].slice(0, 10),
    headers: [...first.answer.headers.keys()].filter((name) => name.startsWith('pagination-')).sort(),
    ...spellingsOf(page?.rows ?? []),
    fields: { list: fieldsOf(listReader), listed: {}, one: {} },
    unknownCodes: unknownCodes(parsed.map(({ data }) => data)),
  };
  const [sample] = parsed;
  if (page === undefined || sample === undefined) return observation;

  Object.assign(observation, orderOf(parsed));
  const beyond = await list(farPage);
  const rowsBeyond = rowsIn(resource, beyond.answer)?.rows;
  const wholeList = page.rows.length < pageSize && (await isWholeList(page.rows, list, resource));
  observation.listEnd = endOf(beyond.answer, rowsBeyond, page.rows);
  const claim = readPaginationClaim(first.answer.headers);
  if (wholeList && claim?.totalItems !== undefined) observation.totalIsRight = claim.totalItems === page.rows.length;
  if (!wholeList) observation.pageSize = { asked: pageSize, given: page.rows.length };
  const { serverDate } = first;
  const newest = Math.max(
    ...parsed.map(({ sourceModifiedAt }) => Date.parse(sourceModifiedAt ?? '')).filter(Number.isFinite),
  );
  // A minute: the time between a change and the second that is written.
  if (serverDate !== undefined && Number.isFinite(newest)) {
    observation.modifiedInFuture = newest > serverDate.getTime() + 60_000;
  }
  if (resource.changeFilter?.by === 'dateTimeModified') {
    const future = rowsIn(resource, (await list(1, { dateTimeModifiedMin: farFuture })).answer)?.rows.length ?? 0;
    const inclusive = await includesBounds(resource, page.rows, parsed, list);
    observation.filter = { future, ...(inclusive !== undefined && { inclusive }) };
  }
  if (!hasSingleRead(account, resource)) return observation;

  const one = await askOne(account, resource, sample.id, sample, ask);
  if (one === undefined) return observation;
  observation.one = describeAnswerKind(answerKindOf(one));
  const found = objectIn(resource, one);
  const result = oneReader.read(found);
  observation.oneIsFound = result.ok && result.row.id === sample.id;
  observation.fields.one = fieldsOf(oneReader);
  const listedReader = rowReader(resource);
  listedReader.read(page.rows[read.findIndex((each) => each.ok)]);
  observation.fields.listed = fieldsOf(listedReader);

  const kinds = new Set<string>();
  for (const id of impossibleIds(parsed.map((row) => row.id))) {
    const answer = await askOne(account, resource, id, sample, ask);
    if (answer !== undefined) kinds.add(answerKindOf(answer));
  }
  const [kind] = kinds;
  if (kind !== undefined && kinds.size === 1) {
    observation.gone = describeAnswerKind(kind);
    observation.goneIsTold = kind !== answerKindOf(one);
  }
  return observation;
}

async function askOne(
  account: RentvineAccount,
  resource: Resource,
  id: string,
  { data }: ParsedRow,
  ask: Ask,
): Promise<Answer | undefined> {
  try {
    return (await ask(resource, oneUrl(account, resource, id, data))).answer;
  } catch (error) {
    if (error instanceof ContractError) return undefined;
    throw error;
  }
}

function rowsIn(
  resource: Resource,
  { status, text }: Answer,
): { rows: readonly unknown[]; envelope: string } | undefined {
  if (status !== 200) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    const rows = listRows(resource, body);
    const key = isObject(body) ? Object.keys(body).find((name) => body[name] === rows) : undefined;
    return { rows, envelope: key ?? 'array' };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof PlatformError) return undefined;
    throw error;
  }
}

function objectIn(resource: Resource, { text }: Answer): unknown {
  try {
    return singleRow(resource, JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof PlatformError) return undefined;
    throw error;
  }
}

/** A short page may be the server's cap: the second page tells. */
async function isWholeList(
  first: readonly unknown[],
  list: (page: number) => Promise<UnreadExchange>,
  resource: Resource,
): Promise<boolean> {
  const second = rowsIn(resource, (await list(2)).answer)?.rows ?? [];
  return second.length === 0 || JSON.stringify(second) === JSON.stringify(first);
}

function endOf(answer: Answer, rows: readonly unknown[] | undefined, firstPage: readonly unknown[]): string {
  if (rows === undefined) return describeAnswerKind(answerKindOf(answer));
  if (rows.length === 0) return 'empty';
  return rows.length <= firstPage.length ? 'lastPage' : 'rows';
}

function orderOf(rows: readonly ParsedRow[]): Pick<ResourceObservation, 'order'> {
  const ids = rows.map(({ id }) => Number(id));
  if (ids.length < 3 || !ids.every(Number.isFinite)) return {};
  const steps = ids.slice(1).map((id, index) => Math.sign(id - (ids[index] ?? id)));
  return {
    order: steps.every((step) => step > 0) ? 'ascending' : steps.every((step) => step < 0) ? 'descending' : 'none',
  };
}

/** Asks for what was modified in the very second in which a row of the list was. */
async function includesBounds(
  resource: Resource,
  raw: readonly unknown[],
  parsed: readonly ParsedRow[],
  list: (page: number, query: ListQuery) => Promise<UnreadExchange>,
): Promise<boolean | undefined> {
  const sample = parsed.find(({ sourceModifiedAt }) => sourceModifiedAt !== undefined);
  const written = sample && writtenModified(raw, resource, sample.id);
  if (sample === undefined || written === undefined) return undefined;
  const at = written.slice(0, 19).replace('T', ' ');
  const answer = await list(1, { dateTimeModifiedMin: at, dateTimeModifiedMax: at });
  const rows = rowsIn(resource, answer.answer)?.rows;
  if (rows === undefined) return undefined;
  const reader = rowReader(resource);
  return rows.some((row) => {
    const result = reader.read(row);
    return result.ok && result.row.id === sample.id;
  });
}

/** The time of change of a row as the server wrote it, whatever its zone. */
function writtenModified(raw: readonly unknown[], resource: Resource, id: string): string | undefined {
  for (const row of raw) {
    const own = isObject(row) ? (fieldOf(row, resource.rowKey) ?? row) : undefined;
    if (!isObject(own) || String(fieldOf(own, resource.idField)) !== id) continue;
    const modified = fieldOf(own, 'dateTimeModified');
    return typeof modified === 'string' ? modified : undefined;
  }
  return undefined;
}

const fieldOf = (object: Record<string, unknown>, key: string): unknown =>
  Object.entries(object).find(([name]) => canonicalKey(name) === key)?.[1];

/** What `limit=1&offset=0` brings where a list has more rows than one. */
async function rowsForLimit(
  account: RentvineAccount,
  resources: readonly Resource[],
  observed: readonly ResourceObservation[],
  ask: Ask,
): Promise<number | undefined> {
  const long = resources.find((_, index) => (observed[index]?.rows ?? 0) > 1);
  if (long === undefined) return undefined;
  const url = listUrl(account, long, { page: 1, pageSize: 1 });
  url.search = '?limit=1&offset=0';
  return rowsIn(long, (await ask(long, url)).answer)?.rows.length;
}
