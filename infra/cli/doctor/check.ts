import type { DoctorContext } from './context.ts';

/** `warn` is worth knowing and breaks nothing; `fail` has to be mended. */
export type Status = 'ok' | 'warn' | 'fail';

/** What a check found. */
export interface Finding {
  readonly status: Status;
  /** What it is about, where a check looks at several things: an account, a queue. */
  readonly subject?: string;
  readonly found: string;
  /** One sentence that says what to do. */
  readonly advice?: string;
}

/** One thing that the doctor looks at. Checks are run one after another, in the order in which people think. */
export interface Check {
  /** One or two words. */
  readonly name: string;
  /** Whether nothing after it can be looked at when it fails. */
  readonly isEssential?: boolean;
  /** May throw: what it could not look at becomes a failure of its own. */
  readonly run: (context: DoctorContext) => Promise<Finding | readonly Finding[]>;
}

export const ok = (found: string): Finding => ({ status: 'ok', found });
export const warn = (found: string, advice?: string): Finding => ({
  status: 'warn',
  found,
  ...(advice !== undefined && { advice }),
});
export const fail = (found: string, advice: string): Finding => ({ status: 'fail', found, advice });
