import pMap from 'p-map';
import { liftHold, placeHold, readHold } from '../store/deletion-hold.ts';
import { chunk } from '../store/dynamo-table.ts';
import { liveIds, tombstone } from '../store/records.ts';
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
  // What an earlier slice of this run has marked deleted still counts as known, or the guard would shrink on the way.
  const gone = verified.flatMap((batch) => batch.gone).filter(({ id }) => !isMissing.has(id)).length;
  const deleted = Math.max(gone, record.beside.deleted);
  record.countBeside({ deleted });
  known += deleted;
  const hold = await readHold(state, record.collection);
  const isApproved = hold?.approvedAt !== undefined;
  const limit = Math.max(deletionLimit(guard, known), isApproved ? hold.missing : 0);
  const found = await confirmMissing(record, { ids: missing, verified, limit, isApproved });
  if (found === undefined) return { kind: 'outOfTime' };

  if (found.length > limit) {
    const { runId } = record.run;
    const heldAt = now().toISOString();
    await placeHold(state, record.collection, { runId, heldAt, missing: missing.length, known, limit });
    return { kind: 'held', why: describeHold(record, found.length, known, limit) };
  }
  const toDelete = found.filter(({ id }) => isMissing.has(id));
  for (const batch of chunk(toDelete, deletionsPerBatch)) {
    if (record.isOutOfTime()) return { kind: 'outOfTime' };
    await deleteRecords(record, batch);
  }
  if (hold !== undefined) await liftHold(state, record.collection);
  return { kind: 'done' };
}

const describeHold = ({ collection: { account, resource } }: RunRecord, found: number, known: number, limit: number) =>
  `Rentvine no longer has at least ${found} of ${known} ${resource}; more than ${limit} are not marked deleted in one run. ` +
  `If that is right, approve it with: npm run ops -- sync approve --account ${account} --resource ${resource}`;

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
