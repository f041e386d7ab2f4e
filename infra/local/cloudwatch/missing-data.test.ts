import { expect, test } from 'vitest';
import { judge, type TreatMissingData } from './missing-data.ts';

const treatments: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** The states for each treatment, of points as AWS's documentation writes them: 0 good, X breaching, - missing. */
function states(points: string, datapointsToAlarm: number): string {
  const range = points.split(' ').map((point) => (point === '-' ? undefined : point === 'X' ? 1 : 0));
  return treatments
    .map((treatMissing) => {
      const settings = {
        evaluationPeriods: 3,
        datapointsToAlarm,
        treatMissing,
        breaches: (value: number) => value > 0,
      };
      return judge(range, settings).state.replace('INSUFFICIENT_DATA', 'insufficient');
    })
    .join(' ');
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, and the two rows with a
// lone newest X of its older edition, which the text still describes.
test.each([
  ['0 - X - X', 'OK OK OK OK'],
  ['0 - - - -', 'OK OK OK OK'],
  ['- - - - -', 'insufficient retain ALARM OK'],
  ['0 X X - X', 'ALARM ALARM ALARM ALARM'],
  ['- - X - -', 'ALARM retain ALARM OK'],
  ['- - - - X', 'insufficient retain ALARM OK'],
  ['- - - X -', 'insufficient retain ALARM OK'],
])('3 of 3 points, %s, is %s', (points, expected) => {
  expect(states(points, 3)).toBe(expected);
});

test.each([
  ['0 - X - X', 'ALARM ALARM ALARM ALARM'],
  ['0 0 X 0 X', 'ALARM ALARM ALARM ALARM'],
  ['0 - X - -', 'OK OK ALARM OK'],
  ['- - - - 0', 'OK OK ALARM OK'],
  ['- - - X -', 'ALARM retain ALARM OK'],
  ['- - - - X', 'insufficient retain ALARM OK'],
  ['- - X X -', 'ALARM ALARM ALARM ALARM'],
])('2 of 3 points, %s, is %s', (points, expected) => {
  expect(states(points, 2)).toBe(expected);
});
