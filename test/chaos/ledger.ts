import { formatTable } from '../../infra/cli/text-table.ts';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import type { DeadLetter } from '../../shared/store/dead-letters.ts';
import type { StoredRecord } from '../../shared/store/records.ts';
import { isFinished, type Run } from '../../shared/store/runs.ts';
import { fateOf } from './delivery-fate.ts';
import type { SeenMessage } from './queue-witness.ts';
import type { StackUnderChaos } from './stack-under-chaos.ts';
import type { Answer } from './unreliable-network.ts';

interface Compared {
  readonly compared: number;
  readonly wrong: readonly string[];
}

export interface Observations {
  readonly platform: Pick<StackUnderChaos, 'witness' | 'calamities' | 'told'>;
  readonly answers: ReadonlyMap<string, readonly Answer[]>;
  readonly sentKeys: ReadonlySet<string>;
  readonly strangerKeys: ReadonlySet<string>;
  /** Changes that no webhook was sent for. */
  readonly untold: number;
  readonly deadLetters: readonly DeadLetter[];
  readonly runs: readonly { readonly resource: ResourceName; readonly runId: string; readonly run: Run | undefined }[];
  readonly stored: readonly (StoredRecord & { readonly resource: ResourceName })[];
  readonly beforeSync: Compared;
  readonly missedBefore: Compared;
  readonly afterSync: Compared;
  /** What was still to do when the time was over. */
  readonly stuck: readonly string[];
  readonly downShare: number;
}

/** What became of everything, and what must not be. */
export interface Ledger {
  readonly text: string;
  /** Empty when the ledger balances. */
  readonly broken: readonly string[];
}

interface Entry {
  readonly what: string;
  readonly count: number;
}

/** Adds up where every delivery, message and job ended. */
export function makeLedger(seen: Observations): Ledger {
  const broken: string[] = seen.stuck.map((what) => `stuck: ${what}`);
  const sections = [
    deliveries(seen, broken),
    requests(seen),
    messages(seen, broken),
    deadLetters(seen),
    jobs(seen, broken),
    records(seen, broken),
    calamities(seen),
  ];
  return { text: sections.join('\n\n'), broken };
}

function section(title: string, entries: readonly Entry[]): string {
  if (entries.length === 0) return `${title}: none`;
  return formatTable(entries.map(({ count, what }) => ({ count, [title]: what })));
}

function tally(names: Iterable<string>): Entry[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => ({ what, count }));
}

function deliveries(
  { platform, answers, sentKeys, strangerKeys, deadLetters, untold }: Observations,
  broken: string[],
) {
  const { witness } = platform;
  const dead = new Set(deadLetters.map(({ id }) => id));
  const messages = new Map<string, { parked: number; isDeadLetter: boolean }[]>();
  for (const { id, hint, origin } of witness.seen.values()) {
    const key = hint && origin !== 'copy' ? witness.keyOf(hint) : undefined;
    if (hint === undefined || key === undefined) continue;
    messages.set(key, [...(messages.get(key) ?? []), { parked: hint.parked, isDeadLetter: dead.has(id) }]);
  }
  const judge = (keys: ReadonlySet<string>, isGenuine: boolean): string[] =>
    [...keys].map((key) => {
      const { name, broken: isBroken } = fateOf({
        isGenuine,
        answers: answers.get(key) ?? [],
        puts: witness.putsFor(key),
        messages: messages.get(key) ?? [],
      });
      if (isBroken) broken.push(`a delivery is ${name}`);
      return name;
    });
  const known = sentKeys.size + strangerKeys.size;
  if (answers.size > known) broken.push(`${answers.size - known} deliveries are in no list`);
  const [genuine, forged] = [judge(sentKeys, true), judge(strangerKeys, false)];
  return section('deliveries of webhooks', [
    { what: "Rentvine's own, of which", count: genuine.length },
    ...tally(genuine.map((name) => `  ${name}`)),
    { what: "a stranger's, of which", count: forged.length },
    ...tally(forged.map((name) => `  ${name}`)),
    { what: 'never sent: lost, or a change that has no webhook', count: untold },
  ]);
}

function requests({ answers }: Observations) {
  const all = [...answers.values()].flat();
  const named = all.map(({ status, said, arrived }) => {
    const name = status === 500 ? '500, the function died' : `${status} ${said ?? ''}`.trim();
    return arrived ? name : `${name}, and the answer was lost`;
  });
  return section('requests, repetitions included', [
    { what: 'requests, of which answered', count: all.length },
    ...tally(named.map((name) => `  ${name}`)),
  ]);
}

function messages({ platform: { witness }, deadLetters }: Observations, broken: string[]) {
  const dead = new Set(deadLetters.map(({ id }) => id));
  const seen = [...witness.seen.values()];
  const { receiver, parked, copy, poison } = witness.puts;
  const put = receiver + parked + copy + poison;
  const kept = seen.filter(({ id }) => dead.has(id)).length;
  const neverOut = put - seen.length;
  if (neverOut !== 0) broken.push(`${neverOut} messages went into the queue and never came out`);
  const unkept = seen.filter(({ origin, id }) => origin === 'poison' && !dead.has(id)).length;
  if (unkept > 0) broken.push(`${unkept} poison messages are not kept as dead letters`);
  const again = seen.reduce((sum: number, { receives }: SeenMessage) => sum + receives - 1, 0);
  return section('messages of the webhook-events queue', [
    { what: 'put into it, of which', count: put },
    { what: '  by the receiver', count: receiver },
    { what: '  by the processor, for later: Rentvine was down', count: parked },
    { what: '  second deliveries', count: copy },
    { what: '  poison', count: poison },
    { what: 'worked off', count: seen.length - kept },
    { what: 'kept as dead letters', count: kept },
    { what: 'never came out', count: neverOut },
    { what: 'received again after a failure or a death', count: again },
  ]);
}

function deadLetters({ deadLetters: letters }: Observations) {
  return section('dead letters kept, by source and reason', [
    { what: 'kept, of which', count: letters.length },
    ...tally(letters.map(({ source, code }) => `  ${source}: ${code}`)),
  ]);
}

function jobs({ runs, deadLetters: letters }: Observations, broken: string[]) {
  const lost = letters.filter(({ source }) => source === 'sync-jobs').length;
  const states = runs.map(({ resource, runId, run }) => {
    if (run !== undefined && isFinished(run)) {
      return run.status === 'failed' ? `  failed: ${run.error?.code}` : `  ${run.status}`;
    }
    if (lost > 0) return '  not finished; its job is a dead letter';
    broken.push(`the run ${runId} of ${resource} is ${run?.status ?? 'unknown'}`);
    return '  UNFINISHED';
  });
  return section('sync runs asked for', [{ what: 'runs, of which', count: runs.length }, ...tally(states)]);
}

function records({ beforeSync, missedBefore, afterSync, stored, platform }: Observations, broken: string[]) {
  const revisions = stored.flatMap(({ resource, id, revision }) =>
    Array.from({ length: revision }, (_, index) => `${resource} ${id}@${index + 1}`),
  );
  const silent = revisions.filter((name) => !platform.told.has(name));
  const complain = (wrong: readonly string[], what: string) => {
    if (wrong.length > 0) broken.push(`${wrong.length} ${what}: ${wrong.slice(0, 5).join(', ')}`);
  };
  complain(beforeSync.wrong, 'records are behind a hint that was worked off');
  complain(afterSync.wrong, "records are not equal to Rentvine's");
  complain(silent, 'revisions were never told');
  return section('records', [
    { what: 'brought up to date by webhooks alone', count: beforeSync.compared - beforeSync.wrong.length },
    { what: 'behind a hint that was worked off', count: beforeSync.wrong.length },
    { what: 'behind before the next sync: nobody told', count: missedBefore.wrong.length },
    { what: "equal to Rentvine's after it", count: afterSync.compared - afterSync.wrong.length },
    { what: 'NOT equal after it', count: afterSync.wrong.length },
    { what: 'revisions told as events', count: revisions.length - silent.length },
    { what: 'revisions never told', count: silent.length },
  ]);
}

function calamities({ platform, downShare }: Observations) {
  const { deaths, failures } = platform.calamities;
  const sorted = [...deaths].sort(([a], [b]) => (a < b ? -1 : 1));
  return section('what went wrong on purpose', [
    ...sorted.map(([name, count]) => ({ what: `deaths of ${name}`, count })),
    { what: 'refused requests to AWS', count: failures },
    { what: '% of the time that Rentvine was down', count: Math.round(downShare * 100) },
  ]);
}
