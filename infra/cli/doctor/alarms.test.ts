import { expect, it } from 'vitest';
import { awsStub } from '../../../test/aws-stub.ts';
import type { Platform } from '../../platform/platform.ts';
import { readAlarms } from '../alarm-states.ts';
import { alarms } from './checks/alarms.ts';
import { doctorContext } from './context.ts';
import { deployedPlatform } from './platform-stub.ts';
import { runChecks } from './run-checks.ts';

const topic = (severity: string) => `arn:aws:sns:eu-west-1:000000000000:aictive-prod-${severity}`;
const alarm = (name: string, state: string, severity: string, isRouted = true) => ({
  AlarmName: `aictive-prod-${name}`,
  AlarmDescription: `The copy is late. Severity: ${severity}. Runbook: https://example.com/${name}.md`,
  StateValue: state,
  StateUpdatedTimestamp: Date.parse('2026-03-01T12:00:00Z') / 1000,
  AlarmActions: isRouted ? [topic(severity)] : [],
});

const stageWith = (metric: readonly object[], composite: readonly object[] = []) =>
  deployedPlatform({
    monitoring: awsStub(({ body }) => {
      expect(body).toMatchObject({ AlarmNamePrefix: 'aictive-prod-' });
      return { MetricAlarms: metric, CompositeAlarms: composite };
    }),
  });

const examine = (platform: Platform) => runChecks([alarms], doctorContext(platform), () => undefined);

it('a critical alarm that rings is a failure with its article, any other is worth knowing', async () => {
  const platform = stageWith(
    [
      alarm('new-dead-letter', 'ALARM', 'warning'),
      alarm('stale-resource', 'ALARM', 'critical', false),
      alarm('vacancy', 'OK', 'business'),
    ],
    [alarm('pipeline-failing', 'ALARM', 'critical')],
  );
  expect(await examine(platform)).toEqual([
    {
      name: 'alarm new-dead-letter',
      subject: 'new-dead-letter',
      status: 'warn',
      found: 'rings since 2026-03-01T12:00:00.000Z, warning',
      advice: 'See infra/runbooks/new-dead-letter.md.',
    },
    expect.objectContaining({ name: 'alarm pipeline-failing', status: 'fail' }),
    expect.objectContaining({ name: 'alarm stale-resource', status: 'fail' }),
  ]);
});

it('alarms that are quiet are one line, and a stage without any has nobody to tell', async () => {
  const quiet = [alarm('stale-resource', 'OK', 'critical'), alarm('vacancy', 'INSUFFICIENT_DATA', 'business')];
  expect(await examine(stageWith(quiet))).toMatchObject([{ status: 'ok', found: 'none of 2 rings' }]);
  expect(await examine(stageWith([]))).toMatchObject([
    { status: 'warn', advice: expect.stringContaining('monitoring') },
  ]);
});

it('alarms that ring are listed first, with severity, since when, article and topics', async () => {
  const platform = stageWith([alarm('api-latency', 'OK', 'warning'), alarm('vacancy', 'ALARM', 'business')]);
  expect(await readAlarms(platform)).toEqual([
    {
      name: 'vacancy',
      state: 'ALARM',
      since: '2026-03-01T12:00:00.000Z',
      severity: 'business',
      runbook: 'infra/runbooks/vacancy.md',
      topics: [topic('business')],
    },
    expect.objectContaining({ name: 'api-latency', state: 'OK' }),
  ]);
});
