/** Time as the scheduler and the alarms see it; replaced in tests. */
export interface Clock {
  now(): Date;
  /** Calls `run` after `ms` milliseconds; returns what cancels it. Never keeps the process alive. */
  after(ms: number, run: () => void): () => void;
  /**
   * What this clock showed at a time of the machine's own clock, which queues and streams stamp with. The same
   * time when absent.
   */
  at?(machineTime: Date): Date;
  /** Milliseconds that it is ahead of the machine's clock, shared with the threads of functions. Absent where nobody turns it. */
  readonly aheadMs?: BigInt64Array;
  /** Returns what takes the listener away. Absent where nobody turns the clock. */
  onTurn?(listener: TurnListener): () => void;
}

export interface TurnListener {
  /** The clock was turned forward by so many milliseconds. */
  turned?(ms: number): void;
  /** Resolves when what a turn started has ended. */
  settled?(): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export function clockTimeOf(clock: Clock, machineTime: Date): Date {
  return clock.at?.(machineTime) ?? machineTime;
}
