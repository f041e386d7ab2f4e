import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newRun, type Run, type RunStatus } from '../../shared/store/runs.ts';
import type { SyncJob } from '../../shared/sync/job.ts';
import { syncSettingsSchema } from '../../shared/sync/settings.ts';
import { chooseRun, type RunChoice, type Situation } from './choose-run.ts';

const now = new Date('2026-01-01T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
const settings = syncSettingsSchema.parse({});
const job = (rest: Partial<SyncJob> = {}): SyncJob => ({
  account: 'acme',
  resource: 'leases',
  mode: 'incremental',
  runId: 'own',
  scheduledAt: minutesAgo(1),
  correlationId: 'c-1',
  activeOnly: false,
  ...rest,
});
const run = (runId: string, rest: Partial<Run> = {}): Run => ({
  ...newRun({ runId, mode: 'full', activeOnly: false, pageSize: 250, correlationId: 'c-1' }, new Date(minutesAgo(30))),
  ...rest,
});
const choose = (rest: Partial<Situation>) => chooseRun({ job: job(), state: {}, ...rest }, settings, now);
const failed = (code: string): Partial<Run> => ({ status: 'failed', error: { code, message: 'why' } });
/** A copy that was read in full an hour ago. */
const copied = { fullStartedAt: minutesAgo(60), anyStartedAt: minutesAgo(60), cursor: minutesAgo(60) };

describe('the run that a job works on', () => {
  it.each<[string, Partial<Situation>, RunChoice['kind'], string?]>([
    ['its own, where nothing else is known', {}, 'start', 'own'],
    ['its own, begun by an earlier message', { own: run('own', { slices: 2 }) }, 'start', 'own'],
    [
      'its own, begun, though a later run has read the same',
      { own: run('own'), state: { ...copied, anyStartedAt: minutesAgo(0) } },
      'start',
      'own',
    ],
    ['none, where its own is over', { own: run('own', { status: 'succeeded' }) }, 'skip'],
    ['none, where its own has failed', { own: run('own', failed('CONTRACT')) }, 'skip'],
    ['the one that was interrupted, first', { active: run('other', { status: 'waiting' }) }, 'resume', 'other'],
    ['one that a crash left as running', { active: run('other') }, 'resume', 'other'],
    ['one that an outage made fail', { active: run('other', failed('UNAVAILABLE')) }, 'resume', 'other'],
    ['its own rather than one whose pages made no sense', { active: run('other', failed('CONTRACT')) }, 'start', 'own'],
    ['its own rather than one that is over', { active: run('other', { status: 'succeeded' }) }, 'start', 'own'],
    ['its own rather than one of yesterday', { active: run('other', { startedAt: minutesAgo(361) }) }, 'start', 'own'],
    ['one of almost six hours ago', { active: run('other', { startedAt: minutesAgo(359) }) }, 'resume', 'other'],
    ['its own, for active objects only', { job: job({ activeOnly: true }), active: run('other') }, 'start', 'own'],
    [
      'none, where a later run has read the same',
      { state: { ...copied, anyStartedAt: minutesAgo(0) } },
      'covered',
      'own',
    ],
    [
      'its own, in full, where only an incremental one has run since',
      { job: job({ mode: 'full' }), state: { ...copied, anyStartedAt: minutesAgo(0) } },
      'start',
      'own',
    ],
  ])('is %s', (_, situation, kind, runId) => {
    const choice = choose(situation);
    expect(choice.kind).toBe(kind);
    expect('run' in choice ? choice.run.runId : undefined).toBe(runId);
  });

  it('reads everything where there is no copy, and else what changed since the cursor, less the overlap', () => {
    expect(choose({})).toMatchObject({ run: { mode: 'full' } });
    expect(choose({ state: copied })).toMatchObject({ run: { mode: 'incremental', since: minutesAgo(70) } });
    const transactions = job({ resource: 'transactions' });
    expect(choose({ job: transactions, state: copied })).toMatchObject({ run: { since: minutesAgo(45 * 1440) } });
    const full = choose({ job: job({ mode: 'full' }), state: copied });
    expect('run' in full && full.run.since).toBeUndefined();
  });
});

describe('after an interrupted run was resumed', () => {
  it.each<[string, SyncJob['mode'], Run['mode'], RunStatus, boolean, RunChoice['kind'], RunStatus]>([
    ['done in full', 'incremental', 'full', 'succeeded', true, 'covered', 'covered'],
    ['held', 'full', 'full', 'held', true, 'covered', 'covered'],
    ['done as asked for', 'incremental', 'incremental', 'succeeded', true, 'covered', 'covered'],
    ['failed in full', 'full', 'full', 'failed', true, 'covered', 'failed'],
    ['failed at the first copy', 'incremental', 'full', 'failed', false, 'covered', 'failed'],
    ['failed incrementally', 'full', 'incremental', 'failed', true, 'covered', 'failed'],
    ['failed in full beside a copy', 'incremental', 'full', 'failed', true, 'start', 'running'],
    ['done incrementally', 'full', 'incremental', 'succeeded', true, 'start', 'running'],
  ])('%s, a job (%s after %s)', (_, asked, mode, status, hasCopy, kind, reported) => {
    const error = { code: 'UNAVAILABLE', message: 'down' };
    const finishedAt = minutesAgo(0);
    const resumed = run('other', { mode, status, finishedAt, ...(status === 'failed' && { error }) });
    const state = { ...(hasCopy && copied), activeRunId: 'other' };
    const choice = choose({ job: job({ mode: asked }), state, active: resumed, resumed });
    expect(choice).toMatchObject({ kind, run: { runId: 'own', status: reported } });
    if (choice.kind === 'covered') expect(choice.run).toMatchObject({ coveredBy: 'other', finishedAt });
    if (reported === 'failed') expect(choice).toMatchObject({ run: { error } });
  });

  it('a full run that failed stays the one to resume, beside an incremental one', () => {
    const resumed = run('other', failed('UNAVAILABLE'));
    expect(choose({ state: { ...copied, activeRunId: 'other' }, active: resumed, resumed })).toMatchObject({
      kind: 'start',
      becomesActive: false,
    });
    expect(choose({ state: copied })).toMatchObject({ kind: 'start', becomesActive: true });
    expect(choose({ job: job({ activeOnly: true }) })).toMatchObject({ kind: 'start', becomesActive: false });
  });
});

const mode = fc.constantFrom('full' as const, 'incremental' as const);
const time = fc.integer({ min: 0, max: 600 }).map(minutesAgo);
const anyRun = (runId: string) =>
  fc
    .record({
      mode,
      status: fc.constantFrom<RunStatus>('running', 'waiting', 'succeeded', 'failed', 'held', 'covered'),
      startedAt: time,
      code: fc.constantFrom('CONTRACT', 'UNAVAILABLE', 'CONFIGURATION'),
    })
    .map(({ code, ...rest }) => run(runId, { ...rest, ...(rest.status === 'failed' && failed(code)) }));
const anySituation = fc.record({
  job: fc.record({ mode, activeOnly: fc.boolean(), scheduledAt: time }).map(job),
  state: fc.record(
    { fullStartedAt: time, anyStartedAt: time, cursor: time, activeRunId: fc.constantFrom('own', 'other') },
    { requiredKeys: [] },
  ),
  own: fc.option(anyRun('own'), { nil: undefined }),
  active: fc.option(anyRun('other'), { nil: undefined }),
});

describe('whatever happened before', () => {
  it('a job ends: it resumes another run at most once, and then skips, reports or starts its own', () => {
    fc.assert(
      fc.property(anySituation, anyRun('other'), (situation, resumed) => {
        const first = choose(situation);
        const choice = first.kind === 'resume' ? choose({ ...situation, resumed }) : first;
        if (first.kind === 'resume') expect(first.run.runId).toBe('other');
        expect(choice.kind).not.toBe('resume');
        if (choice.kind !== 'skip' && choice.kind !== 'resume') expect(choice.run.runId).toBe('own');
        if (choice.kind === 'covered') expect(['covered', 'failed']).toContain(choice.run.status);
        if (choice.kind === 'start') expect(['running', 'waiting']).toContain(choice.run.status);
      }),
    );
  });

  it('a run for active objects only is never taken for the copy: it neither resumes, covers nor becomes active', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const choice = choose({ ...situation, job: { ...situation.job, activeOnly: true } });
        expect(choice.kind === 'skip' || (choice.kind === 'start' && !choice.becomesActive)).toBe(true);
      }),
    );
  });

  it('a job is called covered without a resumed run only by one that started after it was due', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        if (choose(situation).kind !== 'covered') return;
        const { fullStartedAt = '', anyStartedAt = '' } = situation.state;
        const startedAt = situation.job.mode === 'full' ? fullStartedAt : anyStartedAt;
        expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(Date.parse(situation.job.scheduledAt));
      }),
    );
  });
});
