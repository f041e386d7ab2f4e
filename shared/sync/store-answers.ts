import pMap from 'p-map';
import type { ParsedRow, RejectedRow } from '../rentvine/row.ts';
import { isCarried, type ReadKind } from '../store/carried-fields.ts';
import { hashOf } from '../store/hash.ts';
import { readListViews } from '../store/record-hashes.ts';
import type { ObjectAnswer } from '../store/record-version.ts';
import {
  createRecords,
  readVersion,
  readVersions,
  type Store,
  storeAnswer,
  type WriteOutcome,
} from '../store/records.ts';

interface Times {
  readonly requestedAt: Date;
  readonly answeredAt: Date;
}

/** Why a row is quarantined that fits its schema. */
export const refusedReason = 'the row cannot be stored: it is larger than 400 KB, or holds what DynamoDB does not take';

/** Writes in flight at once per page: DynamoDB takes one conditional write a call. */
const writesAtOnce = 16;

const answerOf = (kind: ReadKind, row: ParsedRow, { requestedAt, answeredAt }: Times): ObjectAnswer => ({
  id: row.id,
  kind,
  data: row.data,
  hash: hashOf(row.data),
  asOf: requestedAt.toISOString(),
  answeredAt: answeredAt.toISOString(),
  sourceModifiedAt: row.sourceModifiedAt,
});

/**
 * Stores the rows of one page: writes what says more or something else than what is stored and is newer, and nothing else.
 *
 * @returns how many records were created and updated, and the rows that DynamoDB cannot hold
 * @throws ConflictError when a record kept changing meanwhile
 */
export async function storePage(
  store: Store,
  rows: readonly ParsedRow[],
  times: Times,
): Promise<{ created: number; updated: number; rejected: RejectedRow[] }> {
  const { records, collection, fields } = store;
  const answers = new Map(rows.map((row) => [row.id, answerOf('list', row, times)]));
  const contents = rows.map(({ data }) => data);
  const [views] = await Promise.all([
    readListViews(records, collection, [...answers.keys()]),
    fields.learn('list', contents),
  ]);
  const changed = [...answers.values()].filter(({ id, hash }) => {
    const view = views.get(id);
    return view?.hash !== hash || view.beyond.some((pointer) => isCarried(fields.carried.list, pointer));
  });
  const isSeen = ({ id }: ObjectAnswer) => views.has(id);
  const unseen = changed.filter((answer) => !isSeen(answer));
  const [stored, isCreated] = await Promise.all([
    readVersions(
      records,
      collection,
      changed.filter(isSeen).map(({ id }) => id),
    ),
    createRecords(store, unseen),
  ]);
  // Of the unseen ones that were not created, some are there all the same: deleted, or made in this moment.
  const others = [...changed.filter(isSeen), ...unseen.filter((_, index) => !isCreated[index])];
  const outcomes = await pMap(others, (answer) => storeAnswer(store, answer, stored.get(answer.id)), {
    concurrency: writesAtOnce,
  });
  const { created, updated } = tally(outcomes);
  const refused = others.filter((_, index) => outcomes[index] === 'refused');
  return {
    created: created + isCreated.filter(Boolean).length,
    updated,
    rejected: refused.map(({ id }) => ({ id, reason: refusedReason })),
  };
}

/**
 * Stores the answer of a single read.
 *
 * @throws ConflictError when the record kept changing meanwhile
 */
export async function storeOne(store: Store, row: ParsedRow & Times): Promise<WriteOutcome> {
  const { records, collection, fields } = store;
  const [stored] = await Promise.all([readVersion(records, collection, row.id), fields.learn('single', [row.data])]);
  return storeAnswer(store, answerOf('single', row, row), stored);
}

const tally = (outcomes: readonly WriteOutcome[]): { created: number; updated: number } => ({
  created: outcomes.filter((outcome) => outcome === 'created').length,
  updated: outcomes.filter((outcome) => outcome === 'updated').length,
});
