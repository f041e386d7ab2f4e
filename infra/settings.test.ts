import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../shared/errors.ts';
import { readSettings } from './settings.ts';

const read = (context: Record<string, unknown>) => readSettings((key) => context[key]);

describe('the settings of the app', () => {
  it('need no context at all', () => {
    expect(read({})).toMatchObject({
      stage: 'dev',
      logRetentionDays: 30,
      workerMaximumConcurrency: 4,
      ephemeral: false,
      tableNames: { records: 'aictive-dev-records', state: 'aictive-dev-state' },
      sync: { pageSize: 250 },
      schedules: {},
    });
  });

  it('take strings, as -c gives them', () => {
    const settings = read({
      workerMaximumConcurrency: '4',
      sync: '{"pageSize":100}',
      schedules: '{"leases":{"incrementalMinutes":5}}',
    });
    expect(settings).toMatchObject({
      workerMaximumConcurrency: 4,
      sync: { pageSize: 100, maxInFlight: 4 },
      schedules: { leases: { incrementalMinutes: 5, enabled: true } },
    });
  });

  it('may differ by stage, and what -c gives counts for any', () => {
    const stages = { dev: { ephemeral: true, logRetentionDays: 7 } };
    expect(read({ stage: 'dev', stages })).toMatchObject({ ephemeral: true, logRetentionDays: 7 });
    expect(read({ stages, logRetentionDays: '14' })).toMatchObject({ ephemeral: true, logRetentionDays: 14 });
    expect(read({ stage: 'production', stages })).toMatchObject({ ephemeral: false, logRetentionDays: 30 });
  });

  it.each([
    [{ stage: 'Prod' }, 'stage'],
    [{ account: 'mine' }, 'account'],
    [{ logRetentionDays: 31 }, 'logRetentionDays'],
    [{ workerMaximumConcurrency: 'many' }, 'workerMaximumConcurrency'],
    [{ sync: { pageSize: 'x' } }, 'sync.pageSize'],
    [{ sync: { sliceSeconds: 300 } }, 'sync.sliceSeconds'],
    [{ schedules: { lease: {} } }, 'schedules.lease'],
    [{ schedules: { leases: { fullAt: '25:00' } } }, 'schedules.leases.fullAt'],
    [{ functionEndpointUrl: 'localhost' }, 'functionEndpointUrl'],
    [{ tracing: { mode: 'jaeger' } }, 'tracing.mode'],
    [{ tracing: { sampleRate: 0.1 } }, 'tracing.mode'],
    [{ monitoring: { pagerDutySecret: 'https://events.pagerduty.com/x y' } }, 'monitoring.pagerDutySecret'],
    [{ monitoring: { slack: { workspaceId: 'T01ABCDEF', channelId: '#alarms' } } }, 'monitoring.slack.channelId'],
    [{ monitoring: '{"businessEmails":["nobody"]}' }, 'monitoring.businessEmails.0'],
    [{ monitoring: { runbookBaseUrl: 'runbooks' } }, 'monitoring.runbookBaseUrl'],
    [{ monitoring: { pagerduty: 'x' } }, 'monitoring'],
    [{ monitoring: { monthlyBudgetUsd: 50 } }, 'monitoring.monthlyBudgetUsd'],
    [{ stages: { dev: { ephemerall: true } } }, 'stages.dev.ephemerall'],
    [{ tableNames: { records: 'a b' } }, 'tableNames.records'],
  ])('refuse %j, naming %s', (context, key) => {
    expect(() => read(context)).toThrow(ConfigurationError);
    expect(() => read(context)).toThrow(`The context (cdk.json or -c) is wrong: ${key}: `);
  });
});
