import type { Clock, TurnListener } from './clock.ts';

export interface AdvanceOptions {
  /**
   * Turn so many milliseconds at a time and wait for what was due after each; by default all at once. What is due several
   * times within one turn is played once, at its end.
   */
  readonly stepMs?: number;
}

/** Waits for it: what was stamped in this one came before the turn, and must not look as if it came after. */
function nextMillisecond(): number {
  const before = Date.now();
  let now = before;
  while (now <= before) now = Date.now();
  return now;
}

/** A clock that a test or a person turns forward. */
export interface TurnableClock extends Clock {
  /** Turns the clock forward and plays what became due, in its order. What that starts goes on by itself. */
  turn(ms: number): void;
  /**
   * The same, and resolves when the functions that this started have ended and the alarms were evaluated.
   *
   * What is scheduled each minute fires once in a turn of a day, for the last time that it was due: `stepMs` plays more.
   */
  advance(ms: number, options?: AdvanceOptions): Promise<void>;
}

interface Timer {
  readonly dueAt: number;
  readonly run: () => void;
  real: NodeJS.Timeout | undefined;
}

/** The longest that a real timer can wait. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Real time plus an offset that only `advance` changes. Schedules, alarms and functions see it, and what a queue holds back comes
 * back by it; queues and streams go on stamping with real time.
 */
export function turnableClock(): TurnableClock {
  /** When the clock was turned, by the machine's clock, and by how much it was ahead from then on. */
  const turns: { readonly machineMs: number; readonly offsetMs: number }[] = [];
  const timers = new Set<Timer>();
  const listeners = new Set<TurnListener>();
  const aheadMs = new BigInt64Array(new SharedArrayBuffer(8));
  const offset = (): number => turns.at(-1)?.offsetMs ?? 0;
  const now = (): number => Date.now() + offset();

  function fire(timer: Timer): void {
    clearTimeout(timer.real);
    timers.delete(timer);
    timer.run();
  }

  function arm(timer: Timer): void {
    clearTimeout(timer.real);
    const waitMs = Math.max(0, timer.dueAt - now());
    timer.real = setTimeout(() => (waitMs > maxTimerMs ? arm(timer) : fire(timer)), Math.min(waitMs, maxTimerMs));
    timer.real.unref();
  }

  function turn(ms: number): void {
    turns.push({ machineMs: nextMillisecond(), offsetMs: offset() + ms });
    Atomics.store(aheadMs, 0, BigInt(offset()));
    const end = now();
    // What is played may set timers that are due within the turn as well.
    for (;;) {
      const [next] = [...timers].filter(({ dueAt }) => dueAt <= end).sort((left, right) => left.dueAt - right.dueAt);
      if (!next) break;
      fire(next);
    }
    for (const timer of timers) arm(timer);
    for (const listener of listeners) listener.turned?.(ms);
  }

  return {
    now: () => new Date(now()),
    aheadMs,
    after(ms, run) {
      const timer: Timer = { dueAt: now() + ms, run, real: undefined };
      timers.add(timer);
      arm(timer);
      return () => {
        clearTimeout(timer.real);
        timers.delete(timer);
      };
    },
    at(machineTime) {
      const machineMs = machineTime.getTime();
      const turned = turns.findLast((each) => each.machineMs <= machineMs);
      return new Date(machineMs + (turned?.offsetMs ?? 0));
    },
    onTurn(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    turn,
    async advance(ms, { stepMs = ms } = {}) {
      for (let left = ms; left > 0; left -= stepMs) {
        turn(Math.min(left, stepMs));
        for (const listener of listeners) await listener.settled?.();
      }
    },
  };
}
