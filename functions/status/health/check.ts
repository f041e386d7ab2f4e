import { logger } from '../../../shared/observability/logger.ts';
import type { HealthStatus } from './health-report.ts';

/** What checking one part of the platform showed. The message names no account and no number: anybody may read it. */
export interface Finding {
  readonly status: HealthStatus;
  readonly message?: string;
  /** When it was seen, epoch milliseconds, where that was before it was checked. */
  readonly measuredAt?: number;
}

export interface CheckResult extends Finding {
  readonly name: string;
  readonly durationMs: number;
}

/** One part of the platform that is checked by itself. */
export interface Check<T> {
  readonly name: string;
  /** What it means when it cannot be checked: that nothing works without it, or only that less is known. */
  readonly ifItFails: Exclude<HealthStatus, 'healthy'>;
  read(): Promise<T>;
  judge(value: T): Finding;
}

export interface CheckClock {
  /** Epoch milliseconds. */
  now(): number;
  /** What checking one part may take. */
  readonly patienceMs: number;
}

const healthy: Finding = { status: 'healthy' };

/** For parts that are well when they answer at all. */
export const answering = (): Finding => healthy;

/** Says what is wrong if `isWrong`. */
export const degradedIf = (isWrong: boolean, message: string): Finding =>
  isWrong ? { status: 'degraded', message } : healthy;

/** Checks one part. Never rejects, and never takes longer than the patience. */
export async function runCheck<T>(
  { name, ifItFails, read, judge }: Check<T>,
  { now, patienceMs }: CheckClock,
): Promise<{ readonly result: CheckResult; readonly value: T | undefined }> {
  const startedAt = now();
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  const done = (finding: Finding, value?: T) => ({
    result: { name, ...finding, durationMs: Math.round(now() - startedAt) },
    value,
  });
  try {
    const answer = await Promise.race([read().then((value) => ({ value })), patience]);
    if (answer === undefined) {
      logger.warn('A check took too long.', { check: name });
      return done({ status: ifItFails, message: 'It did not answer in time.' });
    }
    return done(judge(answer.value), answer.value);
  } catch (error) {
    logger.warn('A check failed.', { check: name, error });
    return done({ status: ifItFails, message: 'It could not be checked.' });
  } finally {
    clearTimeout(timer);
  }
}
