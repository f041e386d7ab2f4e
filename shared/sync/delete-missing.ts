import pMap from 'p-map';
import { liftHold, placeHold, readHold } from '../store/deletion-hold.ts';
import { chunk } from '../store/dynamo-table.ts';
import { liveIds, tombstone } from '../store/records.ts';
import { changeOfRights } from './change-of-rights.ts';
import { confirmMissing, type GoneAnswer } from './confirm-missing.ts';
import { deletionLimit } from './deletion-guard.ts';
import type { RunRecord } from './run-record.ts';

const deletionsPerBatch = 100;
const deletionsAtOnce = 16;

/** What became of the missing: what is gone is marked so, or time ran out, or it is held, with the sentence that says so. */
export type DeletionEnd = { readonly kind: 'done' | 'outOfTime' } | { readonly kind: 'held'; readonly why: string };

/** The last part of a full run: what the list no longer has is gone, or was missed. */
export async function deleteMissing(record: RunRecord): Promise<DeletionEnd> {
  const { state, guard, now } = record.slice;
  const missing: string[] = [];
  let known = 0;
  for await (const ids of liveIds(record.slice.records, record.collection)) {
    known += ids.length;
    for (const id of ids) if (!record.ids.has(id)) missing.push(id);
  }
  const isMissing = new Set(missing);
  const verified = await record.progress.verified();
  // The guard's percentage is of what was known when the run began, so what its earlier slices have deleted counts too.
  const gone = verified.flatMap((batch) => batch.gone).filter(({ id }) => !isMissing.has(id)).length;
  const deleted = Math.max(gone, record.beside.deleted);
  record.countBeside({ deleted });
  known += deleted;
  const hold = await readHold(state, record.collection);
  const isApproved = hold?.approvedAt !== undefined;
  const limit = Math.max(deletionLimit(guard, known), isApproved ? hold.missing : 0);
  const confirmed = await confirmMissing(record, { ids: missing, verified, limit, isApproved });
  if (confirmed === undefined) return { kind: 'outOfTime' };

  const toDelete = confirmed.gone.filter(({ id }) => isMissing.has(id));
  const reason =
    confirmed.gone.length > limit
      ? `Rentvine no longer has at least ${confirmed.gone.length} of ${known} ${record.collection.resource}; more than ${limit} are not marked deleted in one run`
      : isApproved
        ? undefined
        : await changeOfRights(record, toDelete, confirmed.forbidden);
  if (reason !== undefined) {
    const { runId } = record.run;
    const heldAt = now().toISOString();
    await placeHold(state, record.collection, { runId, heldAt, missing: missing.length, known, limit, reason });
    return { kind: 'held', why: describeHold(record, reason) };
  }
  for (const batch of chunk(toDelete, deletionsPerBatch)) {
    if (record.isOutOfTime()) return { kind: 'outOfTime' };
    await deleteRecords(record, batch);
  }
  if (hold !== undefined) await liftHold(state, record.collection);
  return { kind: 'done' };
}

const describeHold = ({ collection: { account, resource } }: RunRecord, reason: string) =>
  `${reason}. If the deletion is right, approve it with: npm run ops -- sync approve --account ${account} --resource ${resource}`;

async function deleteRecords(record: RunRecord, answers: readonly GoneAnswer[]): Promise<void> {
  const change = { now: record.slice.now(), correlationId: record.run.correlationId };
  const done = await pMap(
    answers,
    ({ id, requestedAt, answeredAt }) => {
      const answer = { id, requestedAt: new Date(requestedAt), answeredAt: new Date(answeredAt) };
      return tombstone(record.slice.records, record.collection, answer, change);
    },
    { concurrency: deletionsAtOnce },
  );
  record.gotFurther = true;
  record.countBeside({ deleted: record.beside.deleted + done.filter((isNew) => isNew).length });
}
