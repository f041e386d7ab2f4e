import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { AccountGate, CallOutcome, Permit } from '../account/gate.ts';
import { BreakerOpenError, RateLimitedError } from '../errors.ts';
import { allOf, anyOf, isCarriedOut } from './conditions.ts';
import { type Item, type ItemReader, type Key, readItem, type Table } from './dynamo-table.ts';
import {
  admit,
  closedGate,
  failuresToOpen,
  type GateSettings,
  type GateState,
  isOpeningDue,
  openForMs,
} from './gate-rules.ts';

const stateShape = z.object({
  version: z._default(z.number(), closedGate.version),
  arrivalAt: z._default(z.number(), closedGate.arrivalAt),
  blockedUntil: z._default(z.number(), closedGate.blockedUntil),
  slots: z._default(z.record(z.string(), z.number()), {}),
  consecutiveFailures: z._default(z.number(), closedGate.consecutiveFailures),
  openings: z._default(z.number(), closedGate.openings),
  openUntil: z._default(z.number(), closedGate.openUntil),
  probeUntil: z._default(z.number(), closedGate.probeUntil),
  openedAt: z.optional(z.number()),
  closedAt: z.optional(z.number()),
});

const sameOpening = anyOf('attribute_not_exists(openUntil)', 'openUntil = :openUntil');
const nobodyElseTook = allOf('version = :version', sameOpening);
const fewFailures = anyOf('attribute_not_exists(consecutiveFailures)', 'consecutiveFailures < :failures');

const keyOf = (account: string): Key => ({ pk: `account#${account}`, sk: 'gate' });

const lateRetryMs = 1_000;
/** A shorter wait is sat out; for a longer one the caller had better stop and come back. */
const maxWaitMs = { breaker: 10_000, blocked: 30_000 } as const;
/** However long the wait, the state is looked at again after this time: the breaker may close early. */
const maxNapMs = 1_000;
/** Slots that other processes give back are found by polling, at growing intervals up to this; our own end the wait. */
const maxSlotPollMs = 250;

export interface SharedGateOptions {
  readonly table: Table;
  readonly account: string;
  readonly settings: GateSettings;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  /** Told when this caller's outcome opened or closed the account's breaker. */
  readonly onBreaker?: (change: 'opened' | 'closed') => void;
  /** Told how long callers waited for the rate limit, a slot or Rentvine's own wait. */
  readonly onWait?: (waitedMs: number) => void;
}

export async function readGateState(table: Table, account: string): Promise<GateState> {
  return gateItem.read(await readItem(table, keyOf(account)));
}

/** The same for those who read it together with other items. */
export const gateItem = {
  key: keyOf,
  attributes: Object.keys(stateShape.shape),
  read: (item: Item | undefined): GateState => stateShape.parse(item ?? {}),
} satisfies ItemReader<string, GateState>;

/**
 * The gate of one account, shared by every function through one item of the state table, so that the in-flight cap, the
 * rate limit and the breaker hold across all of them together. Callers of one process that wait at the same moment are
 * admitted with one write.
 */
export function sharedGate(options: SharedGateOptions): AccountGate {
  const { table, account, settings } = options;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const sleep = options.sleep ?? ((ms: number) => new Promise((resolve) => setTimeout(resolve, ms)));
  const waiting: { deadline: number; since: number; resolve(permit: Permit): void; reject(error: unknown): void }[] =
    [];
  let admitting = false;
  let hasChanged = false;
  let endNap = () => {};

  /** Tells whoever decides about admissions that there is something new to decide about. */
  const wake = () => {
    hasChanged = true;
    endNap();
  };
  const nap = async (ms: number) => {
    const woken = new Promise<void>((resolve) => {
      endNap = resolve;
    });
    if (!hasChanged) await Promise.race([sleep(ms), woken]);
  };

  const update = (
    expression: string,
    values: Record<string, unknown>,
    names: Record<string, string> = {},
    { condition, returns = 'NONE' }: { condition?: string; returns?: 'NONE' | 'ALL_NEW' | 'UPDATED_OLD' } = {},
  ) =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(account),
        UpdateExpression: expression,
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
        ...(condition !== undefined && { ConditionExpression: condition }),
        ReturnValues: returns,
      }),
    );

  /**
   * Takes slots and tokens if nobody else took any since `state` was read, and the breaker did not open. Giving a slot back
   * leaves the version as it is: a caller that has not seen it merely waits a little longer than it must.
   */
  async function take(state: GateState, slots: readonly string[], arrivalAt: number, probe: boolean): Promise<boolean> {
    const until = now() + settings.slotMs;
    const first = state.version === 0;
    const expired = Object.keys(state.slots).filter((slot) => (state.slots[slot] ?? 0) <= now());
    const names = Object.fromEntries([...slots, ...expired].map((slot) => [`#${slot}`, slot]));
    const set = [
      ...(first ? ['slots = :slots'] : slots.map((slot) => `slots.#${slot} = :until`)),
      'arrivalAt = :arrivalAt',
      'version = :next',
      ...(probe ? ['probeUntil = :until'] : []),
    ];
    const remove = expired.length > 0 ? ` REMOVE ${expired.map((slot) => `slots.#${slot}`).join(', ')}` : '';
    const notTaken = probe ? nobodyElseTook : allOf(nobodyElseTook, fewFailures);
    return isCarriedOut(
      update(
        `SET ${set.join(', ')}${remove}`,
        {
          ...(first ? { ':slots': Object.fromEntries(slots.map((slot) => [slot, until])) } : { ':until': until }),
          ':arrivalAt': arrivalAt,
          ...(!first && { ':version': state.version, ':openUntil': state.openUntil }),
          ...(!first && !probe && { ':failures': failuresToOpen }),
          ':next': state.version + 1,
        },
        first ? {} : names,
        { condition: first ? 'attribute_not_exists(version)' : notTaken },
      ),
    );
  }

  function permitFor(slot: string, isProbe: boolean): Permit {
    let left = false;
    return {
      async leave(outcome) {
        if (left) return;
        left = true;
        // A slot that could not be given back expires by itself, and a lost count is counted by the next call.
        await giveBack(slot, outcome, isProbe).catch(() => undefined);
        wake();
      },
    };
  }

  async function giveBack(slot: string, outcome: CallOutcome, isProbe: boolean): Promise<void> {
    const names = { '#slot': slot };
    // Only the probe itself resets `probeUntil`: a call from before the breaker opened may end while the probe is under way.
    const zero = isProbe ? { ':zero': 0 } : {};
    const free = () => update(`${isProbe ? 'SET probeUntil = :zero ' : ''}REMOVE slots.#slot`, zero, names);
    if (outcome.kind === 'answered') {
      // `closedAt` is written with every answer, but `if_not_exists` keeps the time of the first one after an opening.
      const { Attributes } = await update(
        'SET consecutiveFailures = :zero, openings = :zero, openUntil = :zero, probeUntil = :zero, ' +
          'closedAt = if_not_exists(closedAt, :now) REMOVE slots.#slot, openedAt',
        { ':zero': 0, ':now': now() },
        names,
        { returns: 'UPDATED_OLD' },
      );
      if (stateShape.parse(Attributes ?? {}).consecutiveFailures >= failuresToOpen) options.onBreaker?.('closed');
    } else if (outcome.kind === 'limited') {
      const isBlocked = await isCarriedOut(
        update(
          `SET blockedUntil = :until${isProbe ? ', probeUntil = :zero' : ''} REMOVE slots.#slot`,
          { ':until': now() + outcome.retryAfterMs, ...zero },
          names,
          // Of two waits that Rentvine asked for, the longer one counts.
          { condition: anyOf('attribute_not_exists(blockedUntil)', 'blockedUntil < :until') },
        ),
      );
      if (!isBlocked) await free();
    } else if (outcome.kind === 'failed') {
      // `probeUntil` stays as it is, so that no other probe starts before `open` has opened the breaker again.
      const { Attributes } = await update(
        'SET consecutiveFailures = if_not_exists(consecutiveFailures, :zero) + :one REMOVE slots.#slot',
        { ':one': 1, ':zero': 0 },
        names,
        { returns: 'ALL_NEW' },
      );
      const state = stateShape.parse(Attributes);
      if (isProbe || isOpeningDue(state)) await open(state);
    } else {
      await free();
    }
  }

  /** Opens the breaker, unless somebody else has since, or an answer has ended the row of failures. */
  async function open(state: GateState): Promise<void> {
    const isOpened = await isCarriedOut(
      update(
        'SET openUntil = :until, openings = :openings, probeUntil = :zero, openedAt = if_not_exists(openedAt, :now) REMOVE closedAt',
        {
          ':until': now() + openForMs(state.openings, random),
          ':now': now(),
          ':openings': state.openings + 1,
          ':zero': 0,
          ':openUntil': state.openUntil,
          ':failures': failuresToOpen,
        },
        {},
        { condition: allOf('consecutiveFailures >= :failures', sameOpening) },
      ),
    );
    if (isOpened) options.onBreaker?.('opened');
  }

  /** Admits those who wait, in turn, until nobody does. */
  async function admitWaiting(): Promise<void> {
    let conflicts = 0;
    let polls = 0;
    admitting = true;
    while (waiting.length > 0) {
      hasChanged = false;
      turnAwayThoseWhoAreLate();
      if (waiting.length === 0) break;
      const state = await readGateState(table, account);
      if (isOpeningDue(state)) {
        await open(state);
        continue;
      }
      const admission = admit(state, settings, now(), waiting.length);
      if (admission.kind === 'admit') {
        const slots = Array.from({ length: admission.calls }, () => crypto.randomUUID().slice(0, 8));
        if (await take(state, slots, admission.arrivalAt, admission.probe)) {
          conflicts = 0;
          polls = 0;
          for (const slot of slots) {
            const next = waiting.shift();
            if (next === undefined) break;
            options.onWait?.(now() - next.since);
            next.resolve(permitFor(slot, admission.probe));
          }
        } else {
          conflicts += 1;
          await sleep(random() * Math.min(10 * 2 ** conflicts, 200));
        }
        continue;
      }
      turnAwayThoseWhoCannotWait(admission);
      if (waiting.length === 0) break;
      const waitMs =
        admission.reason === 'slots'
          ? Math.min(admission.waitMs * 2 ** polls, maxSlotPollMs)
          : Math.min(admission.waitMs, maxNapMs);
      polls += 1;
      await nap(waitMs * (1 + random() / 4));
    }
    // There must be no await between the loop's last check and this, or a caller that comes in between waits for ever.
    admitting = false;
  }

  /** A call that begins after its caller's deadline would be cut off with its invocation. */
  function turnAwayThoseWhoAreLate(): void {
    for (const caller of waiting.splice(0)) {
      if (now() <= caller.deadline) waiting.push(caller);
      else caller.reject(new RateLimitedError(`There is no time left to call account ${account}.`, lateRetryMs));
    }
  }

  function turnAwayThoseWhoCannotWait({ reason, waitMs }: { reason: string; waitMs: number }): void {
    const tooLong = (reason === 'breaker' || reason === 'blocked') && waitMs > maxWaitMs[reason];
    for (const caller of waiting.splice(0)) {
      if (!tooLong && now() + waitMs <= caller.deadline) waiting.push(caller);
      else if (reason === 'breaker') {
        caller.reject(
          new BreakerOpenError(`The API of account ${account} is not answering; it is tried again later.`, waitMs),
        );
      } else {
        caller.reject(new RateLimitedError(`The rate limit of account ${account} leaves no room in time.`, waitMs));
      }
    }
  }

  return {
    enter(deadline) {
      return new Promise((resolve, reject) => {
        waiting.push({ deadline, since: now(), resolve, reject });
        if (admitting) wake();
        else
          void admitWaiting().catch((error: unknown) => {
            admitting = false;
            for (const caller of waiting.splice(0)) caller.reject(error);
          });
      });
    },
  };
}
