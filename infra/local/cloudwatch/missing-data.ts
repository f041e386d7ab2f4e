import type { Series } from './math.ts';

export type TreatMissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface Verdict {
  /** `retain`: the alarm stays as it is. */
  readonly state: AlarmState | 'retain';
  /** Indexes of the points that were looked at, newest first. */
  readonly evaluated: readonly number[];
  /** How many missing points were counted as `TreatMissingData` says. */
  readonly filled: number;
}

/** CloudWatch looks at more points than it needs, in case some are missing: at 5 where it needs 3. */
export function evaluationRange(evaluationPeriods: number): number {
  return evaluationPeriods + 2;
}

/**
 * The state that follows from the points of the evaluation range, oldest first.
 *
 * The newest points that exist decide, also ones from further back; only where the whole range has too few of them, the
 * rest is filled as `treatMissing` says. With too few points that all breach, an alarm still rings once the oldest of them
 * is as old as it takes points to ring.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function judge(
  range: Series,
  settings: {
    readonly evaluationPeriods: number;
    readonly datapointsToAlarm: number;
    readonly treatMissing: TreatMissingData;
    breaches(value: number): boolean;
  },
): Verdict {
  const { evaluationPeriods, datapointsToAlarm, treatMissing } = settings;
  const breaches = (at: number): boolean => {
    const value = range[at];
    return value !== undefined && settings.breaches(value);
  };
  const present = range.flatMap((value, at) => (value === undefined ? [] : [at])).reverse();
  const evaluated = present.slice(0, evaluationPeriods);
  const breaching = evaluated.filter(breaches).length;
  const filled = evaluationPeriods - evaluated.length;
  const threshold = (count: number): AlarmState => (count >= datapointsToAlarm ? 'ALARM' : 'OK');
  if (filled === 0) return { state: threshold(breaching), evaluated, filled };
  if (treatMissing === 'breaching') return { state: threshold(breaching + filled), evaluated, filled };
  if (treatMissing === 'notBreaching') return { state: threshold(breaching), evaluated, filled };

  const unsure = treatMissing === 'ignore' ? 'retain' : 'INSUFFICIENT_DATA';
  const oldest = evaluated.at(-1);
  if (oldest === undefined) return { state: unsure, evaluated, filled };
  if (breaching >= datapointsToAlarm || breaching < evaluated.length) {
    return { state: threshold(breaching), evaluated, filled };
  }
  const oldEnough = range.length - oldest >= datapointsToAlarm;
  if (!oldEnough) return { state: unsure, evaluated, filled };
  return { state: treatMissing === 'ignore' ? 'retain' : 'ALARM', evaluated, filled };
}
