import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { ConfigurationError } from '../../shared/errors.ts';
import { alarmCatalogue } from '../alarms/catalogue.ts';
import { metricProblem } from '../alarms/metric-problem.ts';
import { functionNames, platformNames, queueNames } from '../alarms/platform-names.ts';
import { Monitoring } from '../constructs/monitoring.ts';
import { readSettings } from '../settings.ts';
import { MonitoringStack } from './monitoring-stack.ts';

const resourceSchema = z.object({ Type: z.string(), Properties: z.record(z.string(), z.any()).default({}) });
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema) });
const readTemplate = (directory: string, stack: string) =>
  templateSchema.parse(JSON.parse(readFileSync(`${directory}/aictive-dev-${stack}.template.json`, 'utf8'))).Resources;

const assemblyDir = inject('assemblyDir');
const resources = readTemplate(assemblyDir, 'monitoring');
const ofType = (type: string, from = resources) =>
  Object.values(from)
    .filter((resource) => resource.Type === type)
    .map(({ Properties }) => Properties);

const prefix = 'aictive-dev';
const catalogue = alarmCatalogue(
  platformNames(
    readSettings(() => undefined),
    'api',
  ),
);
const metricAlarms = ofType('AWS::CloudWatch::Alarm');
const composites = ofType('AWS::CloudWatch::CompositeAlarm');
const alarms = [...metricAlarms, ...composites];
const alarmNamed = (name: string) => {
  const found = alarms.find(({ AlarmName }) => AlarmName === `${prefix}-${name}`);
  if (found === undefined) throw new Error(`There is no alarm ${name}.`);
  return found;
};

/** A template's text with its references in place of what CloudFormation fills in. */
const textOf = (value: unknown): string => {
  const joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }).safeParse(value);
  if (joined.success) return joined.data['Fn::Join'][1].map(textOf).join('');
  return typeof value === 'string' ? value : JSON.stringify(value);
};
const topicOf = (reference: { Ref: string }) => resources[reference.Ref]?.Properties.TopicName;

/** The stack alone, with other settings, through the same checks as the whole app. */
const synthesized = (monitoring: unknown) => {
  const outdir = mkdtempSync(join(tmpdir(), 'monitoring-'));
  try {
    const app = new App({ outdir });
    const settings = readSettings((key) => (key === 'monitoring' ? monitoring : undefined));
    new MonitoringStack(app, `${prefix}-monitoring`, { settings });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    return readTemplate(app.synth().directory, 'monitoring');
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

describe('the monitoring stack', () => {
  it('makes the alarms of the catalogue, and nothing else makes one', () => {
    const names = alarms.map(({ AlarmName }) => AlarmName).sort();
    expect(names).toEqual(catalogue.map(({ name }) => `${prefix}-${name}`).sort());
    const core = Object.values(readTemplate(assemblyDir, 'core')).map(({ Type }) => Type);
    expect(core.filter((type) => /Alarm/.test(type))).toEqual([]);
  });

  it('tells whoever is woken what it means, how bad it is, and where to look', () => {
    for (const { name, severity, meaning, dashboard } of catalogue) {
      const description = textOf(alarmNamed(name).AlarmDescription);
      expect(description.length).toBeLessThan(1024);
      expect(description.split('\n')).toEqual([
        meaning,
        `Severity: ${severity}`,
        expect.stringMatching(/^Route: /),
        `Runbook: infra/runbooks/${name}.md`,
        expect.stringMatching(`^Dashboard: https://.*#dashboards/dashboard/${prefix}-${dashboard}$`),
      ]);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('links the articles and dashboards to where they are read', () => {
    const dashboards = ofType('AWS::CloudWatch::Dashboard').map(({ DashboardName }) => DashboardName);
    for (const { name, dashboard } of catalogue) {
      expect(existsSync(new URL(`../runbooks/${name}.md`, import.meta.url))).toBe(true);
      expect(dashboards).toContain(`${prefix}-${dashboard}`);
    }
    const elsewhere = Object.values(synthesized({ runbookBaseUrl: 'https://git.example/runbooks/' }));
    const described = elsewhere.map(({ Properties }) => textOf(Properties.AlarmDescription ?? ''));
    expect(described.join('\n')).toContain('\nRunbook: https://git.example/runbooks/vacancy.md\n');
  });

  it('sends each to the topic of its severity, when it begins and when it ends, and one failure once', () => {
    for (const definition of catalogue) {
      const { AlarmActions = [], OKActions = [] } = alarmNamed(definition.name);
      const isPart = definition.kind === 'metric' && definition.via !== undefined;
      const expected = isPart ? [] : [`${prefix}-${definition.severity}`];
      expect([definition.name, AlarmActions.map(topicOf)]).toEqual([definition.name, expected]);
      expect(OKActions.map(topicOf)).toEqual(expected);
    }
    const [{ AlarmRule: rule } = { AlarmRule: '' }] = composites;
    const readable = textOf(rule).replace(/\{"Fn::GetAtt":\["(\w+)","Arn"\]\}/g, (_whole, id: string) =>
      String(resources[id]?.Properties.AlarmName).replace(`${prefix}-`, ''),
    );
    expect(readable).toBe(
      '(ALARM("workflow-failures") OR ALARM("stale-resource") OR ALARM("high-error-rate") OR ALARM("queue-backlog"))',
    );
  });

  it('treats missing data as each alarm needs', () => {
    const treated = Object.fromEntries(
      metricAlarms.map(({ AlarmName, TreatMissingData }) => [AlarmName.replace(`${prefix}-`, ''), TreatMissingData]),
    );
    const { 'monitoring-blind': blind, vacancy, ...others } = treated;
    expect([blind, vacancy]).toEqual(['breaching', 'ignore']);
    expect(new Set(Object.values(others))).toEqual(new Set(['notBreaching']));
  });

  it('asks only what CloudWatch can answer in an alarm', () => {
    for (const { AlarmName, Metrics = [], Period, EvaluationPeriods, DatapointsToAlarm } of metricAlarms) {
      const stats = Metrics.filter(({ MetricStat }: { MetricStat?: unknown }) => MetricStat !== undefined);
      expect([AlarmName, stats.length <= 10]).toEqual([AlarmName, true]);
      expect(JSON.stringify(Metrics)).not.toContain('SEARCH');
      if (Metrics.length > 0) expect(Metrics.filter((one: { ReturnData?: boolean }) => one.ReturnData)).toHaveLength(1);
      const periods = new Set(stats.map((one: { MetricStat: { Period: number } }) => one.MetricStat.Period));
      if (Period !== undefined) periods.add(Period);
      expect([AlarmName, periods.size]).toEqual([AlarmName, 1]);
      const [period = 0] = periods;
      expect(Number(period) % 60).toBe(0);
      expect(Number(period) * EvaluationPeriods).toBeLessThanOrEqual(86_400);
      expect(DatapointsToAlarm).toBeLessThanOrEqual(EvaluationPeriods);
    }
  });

  it('looks at metrics that somebody sends', () => {
    for (const definition of catalogue) {
      if (definition.kind !== 'metric') continue;
      const problems = Object.values(definition.metrics).map((metric) => metricProblem(metric));
      expect([definition.name, problems.filter(Boolean)]).toEqual([definition.name, []]);
    }
    const core = readTemplate(assemblyDir, 'core');
    const functions = ofType('AWS::Lambda::Function', core).map(({ FunctionName }) => FunctionName);
    expect(functionNames.map((name) => `${prefix}-${name}`).sort()).toEqual(functions.sort());
    const queues = ofType('AWS::SQS::Queue', core).map(({ QueueName }) => QueueName);
    expect(
      Object.values(queueNames)
        .map((name) => `${prefix}-${name}`)
        .sort(),
    ).toEqual(queues.sort());
  });

  it('leaves the core stack able to stand alone, and takes nothing from it but the id of its API', () => {
    const manifest = z
      .object({ artifacts: z.record(z.string(), z.object({ dependencies: z.array(z.string()).default([]) })) })
      .parse(JSON.parse(readFileSync(`${assemblyDir}/manifest.json`, 'utf8')));
    expect(manifest.artifacts[`${prefix}-core`]?.dependencies).not.toContain(`${prefix}-monitoring`);
    expect(manifest.artifacts[`${prefix}-monitoring`]?.dependencies).toContain(`${prefix}-core`);
    const imports = JSON.stringify(resources).match(/"Fn::ImportValue":"[^"]*"/g);
    expect(new Set(imports)).toEqual(new Set([`"Fn::ImportValue":"${prefix}-api-id"`]));
    expect(JSON.stringify(readTemplate(assemblyDir, 'core'))).not.toContain('ImportValue');
  });

  it('lets CloudWatch publish for this stage’s alarms, and nobody without TLS', () => {
    const policies = ofType('AWS::SNS::TopicPolicy');
    expect(policies).toHaveLength(3);
    for (const { PolicyDocument } of policies) {
      const allowed = PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
      expect(allowed).toEqual([
        expect.objectContaining({
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': expect.anything() },
          },
        }),
      ]);
      expect(textOf(allowed[0].Condition.ArnLike['aws:SourceArn'])).toMatch(/:alarm:aictive-dev-\*$/);
      expect(PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });
});

describe('the routes of alarms', () => {
  it('are none by default', () => {
    expect(ofType('AWS::SNS::Subscription')).toEqual([]);
    expect(ofType('AWS::Chatbot::SlackChannelConfiguration')).toEqual([]);
    expect(textOf(alarmNamed('vacancy').AlarmDescription)).toContain('Route: aictive-dev-business (nobody yet');
  });

  it('page PagerDuty by an address that no template holds, write to Slack, and send mail', () => {
    const template = synthesized({
      pagerDutySecret: 'aictive/dev/pagerduty',
      slack: { workspaceId: 'T01ABCDEF', channelId: 'C01ABCDEF' },
      businessEmails: ['manager@example.com'],
    });
    const topicName = (reference: { Ref: string }) => template[reference.Ref]?.Properties.TopicName;
    const subscriptions = ofType('AWS::SNS::Subscription', template).map(({ Protocol, Endpoint, TopicArn }) => ({
      Protocol,
      Endpoint,
      topic: topicName(TopicArn),
    }));
    expect(subscriptions).toHaveLength(2);
    expect(subscriptions).toContainEqual({
      Protocol: 'https',
      Endpoint: '{{resolve:secretsmanager:aictive/dev/pagerduty:SecretString:::}}',
      topic: 'aictive-dev-critical',
    });
    expect(subscriptions).toContainEqual({
      Protocol: 'email',
      Endpoint: 'manager@example.com',
      topic: 'aictive-dev-business',
    });
    const [slack] = ofType('AWS::Chatbot::SlackChannelConfiguration', template);
    expect(slack).toMatchObject({ SlackWorkspaceId: 'T01ABCDEF', SlackChannelId: 'C01ABCDEF' });
    expect(slack?.SnsTopicArns.map(topicName)).toEqual(['aictive-dev-critical', 'aictive-dev-warning']);
    expect(textOf(slack?.GuardrailPolicies)).toContain('CloudWatchReadOnlyAccess');
    expect(ofType('AWS::IAM::Policy', template)).toEqual([]);
    const pages = Object.values(template).find(
      ({ Properties }) => Properties.AlarmName === 'aictive-dev-rentvine-api-down',
    );
    expect(textOf(pages?.Properties.AlarmDescription)).toContain('Route: aictive-dev-critical (PagerDuty and Slack)');
  });
});

describe('an alarm', () => {
  const monitoring = () => {
    const stack = new Stack(new App(), 'Some');
    return new Monitoring(stack, 'Monitoring', { prefix, settings: readSettings(() => undefined).monitoring });
  };
  const [definition] = catalogue;

  it('cannot be made without a runbook', () => {
    if (definition?.kind !== 'metric') throw new Error('The catalogue begins with an alarm on metrics.');
    const make = () => monitoring().addAlarm({ ...definition, name: 'mistyped' });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow('The alarm mistyped has no runbook: write infra/runbooks/mistyped.md.');
  });

  it('cannot be about an alarm that there is not', () => {
    const composite = catalogue.find((one) => one.kind === 'composite');
    if (composite?.kind !== 'composite') throw new Error('The catalogue has a composite alarm.');
    expect(() => monitoring().addAlarm(composite)).toThrow(
      'The alarm pipeline-failing is about the alarm workflow-failures, which is not made.',
    );
  });
});
