import { expect, test } from 'vitest';
import { turnableClock } from '../clock/turnable-clock.ts';
import { modelOf } from '../fixtures/model.ts';
import { startScheduler } from './scheduler.ts';

const minuteMs = 60_000;
const { resources } = modelOf({
  EachMinute: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'each-minute',
      ScheduleExpression: 'cron(* * * * ? *)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: 'function', RoleArn: 'role', Input: '<aws.scheduler.scheduled-time>' },
    },
  },
});

test('a schedule that was due many times fires once, for the last of them; in steps it fires in each', async () => {
  const clock = turnableClock();
  const times: string[] = [];
  const lambda = { target: () => async (input: string) => void times.push(input) };
  const scheduler = startScheduler(
    { clock, path: () => undefined },
    { sqs: { byArn: () => undefined, send: async () => {} }, lambda },
  );
  await scheduler.provision(resources);
  scheduler.play();
  await clock.advance(91 * 24 * 60 * minuteMs);
  expect(times).toHaveLength(1);
  const age = clock.now().getTime() - new Date(times[0] ?? '').getTime();
  expect(age).toBeGreaterThanOrEqual(0);
  expect(age).toBeLessThan(minuteMs);
  await clock.advance(5 * minuteMs, { stepMs: minuteMs });
  expect(times).toHaveLength(6);
  await scheduler.close();
});
