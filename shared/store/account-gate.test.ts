import { beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../infra/local/aws-error.ts';
import { emptyTables } from '../../test/local-tables.ts';
import type { AccountGate, Permit } from '../account/gate.ts';
import { BreakerOpenError, RateLimitedError } from '../errors.ts';
import { readGateState, type SharedGateOptions, sharedGate } from './account-gate.ts';

const settings = { requestsPerSecond: 10, burst: 20, maxInFlight: 4, slotMs: 45_000 };
const noDeadline = Number.MAX_SAFE_INTEGER;

const tables = emptyTables();
const account = 'acme';
/** Moves only when somebody sleeps or a test says so; all gates share it. */
let clockMs = 0;
let breaker: string[] = [];

beforeEach(() => {
  clockMs = 1_000_000;
  breaker = [];
  tables.intercept = () => {};
});

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The gate of one more process. */
const gate = (options: Partial<SharedGateOptions> = {}): AccountGate =>
  sharedGate({
    table: tables.state,
    account,
    settings,
    now: () => clockMs,
    random: () => 0,
    sleep: async (ms) => {
      await breathe();
      clockMs += ms;
    },
    onBreaker: (change) => breaker.push(change),
    ...options,
  });

const fail = async (door: AccountGate, times = 1): Promise<void> => {
  for (let time = 0; time < times; time++) await (await door.enter(noDeadline)).leave({ kind: 'failed' });
};
const answer = async (door: AccountGate): Promise<void> => (await door.enter(noDeadline)).leave({ kind: 'answered' });
const refusal = (door: AccountGate, deadline = noDeadline): Promise<unknown> =>
  door.enter(deadline).then(
    () => undefined,
    (error: unknown) => error,
  );
const state = () => readGateState(tables.state, account);
const reads = () => tables.requests.filter(({ operation }) => operation === 'GetItem').length;

describe('the in-flight cap', () => {
  it('holds over all processes together, and everybody gets a turn', async () => {
    const doors = [gate(), gate(), gate()];
    let inFlight = 0;
    let most = 0;
    const call = async (door: AccountGate) => {
      const permit = await door.enter(noDeadline);
      inFlight += 1;
      most = Math.max(most, inFlight);
      for (let turn = 0; turn < 3; turn++) await breathe();
      inFlight -= 1;
      await permit.leave({ kind: 'answered' });
    };
    await Promise.all(Array.from({ length: 10 }, () => doors.map(call)).flat());
    expect(most).toBeLessThanOrEqual(settings.maxInFlight);
    expect(most).toBeGreaterThan(1);
    expect((await state()).slots).toEqual({});
  });

  it('frees the slots of a crashed process when no call can take any longer', async () => {
    const crashed = gate();
    for (let slot = 0; slot < settings.maxInFlight; slot++) await crashed.enter(noDeadline);
    const startedAt = clockMs;
    const permit = await gate().enter(noDeadline);
    expect(clockMs - startedAt).toBeGreaterThanOrEqual(settings.slotMs);
    expect(clockMs - startedAt).toBeLessThan(settings.slotMs + 1_000);
    await permit.leave({ kind: 'answered' });
    expect((await state()).slots).toEqual({});
  });

  it('gives a slot back once, however often it is left, and even when the table fails', async () => {
    const door = gate();
    const permit = await door.enter(noDeadline);
    await Promise.all([permit.leave({ kind: 'failed' }), permit.leave({ kind: 'failed' })]);
    expect(await state()).toMatchObject({ consecutiveFailures: 1, slots: {} });
    const other = await door.enter(noDeadline);
    tables.intercept = () => {
      throw new AwsError('com.amazonaws#InternalServerError', 'down', 500);
    };
    await expect(other.leave({ kind: 'answered' })).resolves.toBeUndefined();
    await expect(door.enter(noDeadline)).rejects.toMatchObject({ name: 'InternalServerError' });
  });

  it('admits callers of one process that come together with one read and one write', async () => {
    const door = gate();
    await Promise.all(Array.from({ length: settings.maxInFlight }, () => door.enter(noDeadline)));
    expect(tables.requests.map(({ operation }) => operation)).toEqual(['GetItem', 'UpdateItem']);
  });

  it('never forgets a caller who comes back in the same breath in which another was admitted', async () => {
    const door = gate();
    const permits: Permit[] = [];
    const again = async () => {
      permits.push(await door.enter(noDeadline));
      permits.push(await door.enter(noDeadline));
    };
    await Promise.all([again(), again()]);
    expect(permits).toHaveLength(4);
  });

  it('passes a slot on within the process without waiting for the next look at the table', async () => {
    const door = gate({ sleep: () => new Promise(() => {}) });
    const permits = await Promise.all(Array.from({ length: 4 }, () => door.enter(noDeadline)));
    const waiting = door.enter(noDeadline);
    await permits[0]?.leave({ kind: 'answered' });
    await expect(waiting).resolves.toBeDefined();
  });
});

describe('the rate limit', () => {
  it('holds over all processes together', async () => {
    const many = { ...settings, burst: 5, maxInFlight: 50 };
    const doors = [gate({ settings: many }), gate({ settings: many })];
    const startedAt = clockMs;
    const admitted: number[] = [];
    const call = async (door: AccountGate) => {
      const permit = await door.enter(noDeadline);
      admitted.push(clockMs - startedAt);
      await permit.leave({ kind: 'answered' });
    };
    await Promise.all(Array.from({ length: 15 }, () => doors.map(call)).flat());
    admitted.sort((a, b) => a - b);
    for (const [index, ms] of admitted.entries()) {
      expect(index + 1).toBeLessThanOrEqual(many.burst + (ms / 1000) * many.requestsPerSecond);
    }
  });

  it('turns away at once who cannot be served before his deadline, saying how long it would take', async () => {
    const slow = { ...settings, requestsPerSecond: 0.1, burst: 1 };
    await answer(gate({ settings: slow }));
    const startedAt = clockMs;
    const error = await refusal(gate({ settings: slow }), clockMs + 9_000);
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error).toMatchObject({ retryAfterMs: 10_000 });
    expect(clockMs).toBe(startedAt);
  });

  it('turns away who waits for a slot until the deadline, and no sooner', async () => {
    const door = gate();
    for (let slot = 0; slot < settings.maxInFlight; slot++) await door.enter(noDeadline);
    const startedAt = clockMs;
    const [patient, impatient] = await Promise.all([
      refusal(door, clockMs + 5_000),
      refusal(door, clockMs + 1_000).then((error) => ({ error, afterMs: clockMs - startedAt })),
    ]);
    expect(patient).toBeInstanceOf(RateLimitedError);
    expect(impatient.error).toBeInstanceOf(RateLimitedError);
    expect(impatient.afterMs).toBeLessThanOrEqual(1_000);
    expect(clockMs - startedAt).toBeGreaterThan(4_000);
    expect(clockMs - startedAt).toBeLessThanOrEqual(5_000);
    expect(Object.keys((await state()).slots)).toHaveLength(settings.maxInFlight);
  });

  it('looks at the table about once a second while there is nothing to do but wait', async () => {
    const slow = { ...settings, requestsPerSecond: 0.05, burst: 1 };
    await answer(gate({ settings: slow }));
    tables.requests.length = 0;
    await answer(gate({ settings: slow }));
    expect(reads()).toBeLessThanOrEqual(22);
  });
});

describe('promise 7: three consecutive failures stop the calls to an account, and only to it', () => {
  it('opens for every process of the account, at once, and for no other account', async () => {
    const other = gate({ account: `${account}-other` });
    await fail(gate(), 3);
    expect(breaker).toEqual(['opened']);
    const error = await refusal(gate(), clockMs + 1_000);
    expect(error).toBeInstanceOf(BreakerOpenError);
    expect(error).toMatchObject({ retryAfterMs: 5_000, countsAsOutage: false });
    await expect(answer(other)).resolves.toBeUndefined();
  });

  it('does not count failures with an answer in between, whoever got it', async () => {
    const [a, b] = [gate(), gate()];
    const early = await b.enter(noDeadline);
    await fail(a, 2);
    await early.leave({ kind: 'answered' });
    await fail(a, 2);
    await (await a.enter(noDeadline)).leave({ kind: 'abandoned' });
    expect(breaker).toEqual([]);
    await fail(b);
    expect(breaker).toEqual(['opened']);
  });

  it('opens once when many calls fail at the same time', async () => {
    const doors = [gate(), gate()];
    const permits = await Promise.all(doors.flatMap((door) => [door.enter(noDeadline), door.enter(noDeadline)]));
    await Promise.all(permits.map((permit) => permit.leave({ kind: 'failed' })));
    expect(breaker).toEqual(['opened']);
    expect(await state()).toMatchObject({ openings: 1, consecutiveFailures: 4 });
  });

  it('lets nobody through between the last failure and the opening, and opens even if the one who counted it crashed', async () => {
    await fail(gate(), 2);
    const [door, other] = [gate(), gate()];
    let sneaked: unknown = 'nobody tried';
    tables.intercept = async ({ operation, body }) => {
      if (operation !== 'UpdateItem' || !String(body.UpdateExpression).includes('openUntil = :until')) return;
      tables.intercept = () => {};
      sneaked = await refusal(other, clockMs + 1_000);
      throw new AwsError('com.amazonaws#InternalServerError', 'crashed', 500);
    };
    await fail(door);
    expect(sneaked).toBeInstanceOf(BreakerOpenError);
    expect(await state()).toMatchObject({ openings: 1 });
  });

  it('lets exactly one probe through over all processes, and everybody once it is answered', async () => {
    await fail(gate(), 3);
    clockMs += 6_000;
    const doors = [gate(), gate(), gate()];
    const admitted: Permit[] = [];
    const calls = doors.flatMap((door) =>
      [1, 2].map(async () => {
        admitted.push(await door.enter(noDeadline));
      }),
    );
    await expect.poll(() => admitted.length, { interval: 1 }).toBe(1);
    const readsBefore = reads();
    await expect.poll(() => reads() - readsBefore, { interval: 1 }).toBeGreaterThan(20);
    expect(admitted).toHaveLength(1);
    await admitted[0]?.leave({ kind: 'answered' });
    await expect.poll(() => admitted.length, { interval: 1 }).toBe(5);
    for (const permit of admitted) await permit.leave({ kind: 'answered' });
    await Promise.all(calls);
    expect(breaker).toEqual(['opened', 'closed']);
    expect(await state()).toMatchObject({ consecutiveFailures: 0, openings: 0, openUntil: 0 });
  });

  it('lets no second probe through because a call from before the breaker opened ends late', async () => {
    const late = gate();
    const [a, b] = [await late.enter(noDeadline), await late.enter(noDeadline)];
    await fail(gate(), 3);
    clockMs += 6_000;
    const probe = await gate().enter(noDeadline);
    await a.leave({ kind: 'abandoned' });
    await b.leave({ kind: 'failed' });
    expect(await refusal(gate(), clockMs + 400)).toBeInstanceOf(BreakerOpenError);
    await probe.leave({ kind: 'answered' });
    await expect(answer(gate())).resolves.toBeUndefined();
  });

  it('stays open twice as long after each failed probe, up to five minutes, and starts anew after an answer', async () => {
    const waits: number[] = [];
    await fail(gate(), 3);
    for (let probe = 0; probe < 8; probe++) {
      const { openUntil } = await state();
      waits.push((openUntil - clockMs) / 1000);
      clockMs = openUntil;
      await fail(gate());
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    clockMs = (await state()).openUntil;
    await answer(gate());
    await fail(gate(), 3);
    expect((await state()).openUntil - clockMs).toBe(5_000);
  });

  it('does not let anybody in between a failed probe and the breaker opening again', async () => {
    await fail(gate(), 3);
    clockMs += 6_000;
    const probe = await gate().enter(noDeadline);
    let sneaked: unknown = 'nobody tried';
    tables.intercept = async ({ operation, body }) => {
      if (operation !== 'UpdateItem' || !String(body.UpdateExpression).includes('openUntil = :until')) return;
      tables.intercept = () => {};
      sneaked = await refusal(gate(), clockMs + 400);
    };
    await probe.leave({ kind: 'failed' });
    expect(sneaked).toBeInstanceOf(BreakerOpenError);
    expect(await state()).toMatchObject({ openings: 2 });
  });

  it('tries another probe when the process with the first one crashed', async () => {
    await fail(gate(), 3);
    clockMs += 6_000;
    await gate().enter(noDeadline);
    clockMs += settings.slotMs;
    await expect(answer(gate())).resolves.toBeUndefined();
    expect(breaker).toEqual(['opened', 'closed']);
  });

  it('sits out a short opening where the deadline allows it', async () => {
    await fail(gate(), 3);
    await expect(answer(gate())).resolves.toBeUndefined();
  });

  it('does not admit on a state that was read before the breaker opened', async () => {
    const [slow, failing] = [gate(), gate()];
    await fail(failing, 2);
    const third = await failing.enter(noDeadline);
    tables.intercept = async ({ operation, body }) => {
      if (operation !== 'UpdateItem' || !String(body.UpdateExpression).includes('arrivalAt')) return;
      tables.intercept = () => {};
      await third.leave({ kind: 'failed' });
    };
    expect(await refusal(slow, clockMs + 1_000)).toBeInstanceOf(BreakerOpenError);
  });
});

describe('a wait that Rentvine asks for', () => {
  it('blocks every process until it is over, as neither success nor failure', async () => {
    await fail(gate(), 2);
    const limited = await gate().enter(noDeadline);
    await limited.leave({ kind: 'limited', retryAfterMs: 2_000 });
    const startedAt = clockMs;
    const permit = await gate().enter(noDeadline);
    expect(clockMs - startedAt).toBeGreaterThanOrEqual(2_000);
    await permit.leave({ kind: 'failed' });
    expect(breaker).toEqual(['opened']);
  });

  it('is not shortened by a later, shorter one', async () => {
    const door = gate();
    const [a, b] = [await door.enter(noDeadline), await door.enter(noDeadline)];
    await a.leave({ kind: 'limited', retryAfterMs: 3_600_000 });
    await b.leave({ kind: 'limited', retryAfterMs: 0 });
    expect(await state()).toMatchObject({ slots: {} });
    const error = await refusal(gate());
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error).toMatchObject({ retryAfterMs: 3_600_000 });
  });

  it('at a probe leaves the next probe to whoever comes after it', async () => {
    await fail(gate(), 3);
    clockMs += 6_000;
    const probe = await gate().enter(noDeadline);
    await probe.leave({ kind: 'limited', retryAfterMs: 1_000 });
    await expect(answer(gate())).resolves.toBeUndefined();
    expect(breaker).toEqual(['opened', 'closed']);
  });
});

it('admits nobody whose deadline has passed, however much room there is', async () => {
  expect(await refusal(gate(), clockMs - 1)).toBeInstanceOf(RateLimitedError);
  expect(Object.keys((await state()).slots)).toEqual([]);
});
