import type { MetricAlarm } from './alarm-definitions.ts';
import type { Series } from './math.ts';
import type { TimeGrid } from './metric-queries.ts';
import type { AlarmState, Verdict } from './missing-data.ts';

const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** `22/11/26 13:00:00`, as CloudWatch writes it. */
function shortTime(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

/** Why a metric alarm is in its state, in CloudWatch's words. */
export function alarmReason(
  alarm: MetricAlarm,
  { verdict, range, grid }: { verdict: Verdict; range: Series; grid: TimeGrid },
  from: AlarmState,
): string {
  if (verdict.state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${plural(alarm.evaluationPeriods, 'datapoint')} were unknown.`;
  }
  if (verdict.evaluated.length === 0) {
    const treated = alarm.treatMissing === 'breaching' ? '[Breaching]' : '[NonBreaching]';
    const [points, were] = verdict.filled === 1 ? ['datapoint', 'was'] : ['datapoints', 'were'];
    return (
      `Threshold Crossed: no datapoints were received for ${plural(verdict.filled, 'period')} and ` +
      `${verdict.filled} missing ${points} ${were} treated as ${treated}.`
    );
  }
  const matching = verdict.evaluated.filter(
    (at) => alarm.breaches(range[at] ?? Number.NaN) === (verdict.state === 'ALARM'),
  );
  const told = matching.map((at) => `${decimal(range[at] ?? 0)} (${shortTime(grid.starts[at] ?? 0)})`).join(', ');
  const are = matching.length === 1 ? 'was' : 'were';
  const needed =
    verdict.state === 'ALARM' ? alarm.datapointsToAlarm : alarm.evaluationPeriods - alarm.datapointsToAlarm + 1;
  return (
    `Threshold Crossed: ${matching.length} out of the last ${plural(alarm.evaluationPeriods, 'datapoint')} [${told}] ` +
    `${are} ${verdict.state === 'ALARM' ? '' : 'not '}${alarm.comparison} the threshold (${decimal(alarm.threshold)}) ` +
    `(minimum ${plural(needed, 'datapoint')} for ${from} -> ${verdict.state} transition).`
  );
}
