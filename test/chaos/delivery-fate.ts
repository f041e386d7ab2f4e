import type { Answer } from './unreliable-network.ts';

/** Everything that is known of one delivery, its repetitions included. */
export interface DeliveryTrace {
  /** Whether its signature is valid: if not, nothing may come of it. */
  readonly isGenuine: boolean;
  /** In their order. */
  readonly answers: readonly Pick<Answer, 'status'>[];
  /** Messages that were put into the queue for it, parked copies included. */
  readonly puts: number;
  /** Those of them that came out again. */
  readonly messages: readonly { readonly parked: number; readonly isDeadLetter: boolean }[];
}

/** How a delivery ended. Of those with `broken`, there must be none. */
export interface Fate {
  readonly name: string;
  readonly broken: boolean;
}

const fate = (name: string): Fate => ({ name, broken: false });
const broken = (name: string): Fate => ({ name, broken: true });

/** Decides how a delivery ended, once nothing is in any queue any more. */
export function fateOf({ isGenuine, answers, puts, messages }: DeliveryTrace): Fate {
  const accepted = answers.some(({ status }) => status >= 200 && status < 300);
  const refusal = `refused with ${answers.at(-1)?.status ?? 'no answer'}`;
  if (!isGenuine) return messages.length > 0 || puts > 0 || accepted ? broken('FORGED AND TAKEN') : fate(refusal);
  if (messages.length < puts) return broken('LOST IN THE QUEUE');
  if (messages.length === 0) return accepted ? broken('LOST THOUGH ANSWERED 2xx') : fate(refusal);
  // What was parked goes on in its copy; only the last copies say how it ended.
  const maxParked = Math.max(...messages.map(({ parked }) => parked));
  const last = messages.filter(({ parked }) => parked === maxParked);
  if (last.every(({ isDeadLetter }) => isDeadLetter)) return fate('kept as a dead letter');
  return fate(accepted ? 'processed' : `processed, though ${refusal}`);
}
