import type { TurnableClock } from '../local/clock/turnable-clock.ts';
import type { Intercept } from '../local/intercept.ts';
import type { LocalStack } from '../local/start.ts';
import type { Platform } from '../platform/platform.ts';
import type { Simulator } from '../simulator/simulator.ts';

/** A running stack with one simulated account, and what can be done to it from outside. */
export interface FaultContext {
  readonly stack: LocalStack;
  readonly platform: Platform;
  readonly clock: TurnableClock;
  readonly simulator: Simulator;
  readonly account: string;
  readonly signingKey: string;
  /** Faults in front of the AWS services that functions use; answers how to stop. */
  intercept(hook: Intercept): () => void;
}

/** What makes one alarm ring: for the alarms' tests, and for a person who wants to see it (`npm start -- --fault`). */
export interface AlarmFault {
  /** The alarm's name: `rentvine-api-down`. */
  readonly name: string;
  /** What happens, in one sentence. */
  readonly summary: string;
  /** Makes the alarm's condition true through the running stack. */
  cause(context: FaultContext): Promise<void>;
  /** As much of it as the alarm must bear quietly. */
  justBelow(context: FaultContext): Promise<void>;
}
