import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ConfigurationError } from '../shared/errors.ts';
import { cachedAssembly } from './assembly-cache.ts';
import { declareStacks, synthesize } from './synth.ts';

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.any()), DeletionPolicy: z.string().optional() }),
  ),
});

let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'assembly-'));
});

afterEach(() => {
  rmSync(outdir, { recursive: true, force: true });
});

const resourcesOf = async (stage: string, type: string, context: Record<string, unknown> = {}) => {
  const directory = await cachedAssembly({ context: { stage, ...context } });
  const template = templateSchema.parse(
    JSON.parse(readFileSync(`${directory}/aictive-${stage}-core.template.json`, 'utf8')),
  );
  return Object.values(template.Resources).filter((resource) => resource.Type === type);
};

describe('synthesis', () => {
  it('points functions at another endpoint only when told to', { tags: 'long' }, async () => {
    const endpoints = async (context: Record<string, unknown>) =>
      (await resourcesOf('dev', 'AWS::Lambda::Function', context)).map(
        ({ Properties }) => Properties.Environment.Variables.AWS_ENDPOINT_URL,
      );
    const url = 'http://localhost:4566';
    expect(new Set(await endpoints({ functionEndpointUrl: url }))).toEqual(new Set([url]));
    expect(new Set(await endpoints({}))).toEqual(new Set([undefined]));
  });

  it('changes and stops schedules as the context says', async () => {
    const resources = await resourcesOf('dev', 'AWS::Scheduler::Schedule', {
      schedules: { leases: { incrementalMinutes: 5, fullAt: '23:05' }, bills: { enabled: false } },
    });
    const schedules = resources.map(({ Properties }) => Properties);
    const byName = (name: string) => schedules.find((schedule) => schedule.Name === `aictive-dev-${name}`);
    expect(byName('leases-incremental')?.ScheduleExpression).toBe('rate(5 minutes)');
    expect(byName('leases-full')?.ScheduleExpression).toBe('cron(5 23 * * ? *)');
    expect(schedules.filter(({ State }) => State === 'DISABLED').map(({ Name }) => Name)).toEqual([
      'aictive-dev-bills-incremental',
      'aictive-dev-bills-full',
    ]);
  });

  it('fails for a wrong setting, and when a resource does not pass its checks', () => {
    expect(() => synthesize({ outdir, context: { stage: 'Prod' } })).toThrow(ConfigurationError);
    const app = new App({ outdir, context: {} });
    declareStacks(app);
    new Queue(new Stack(app, 'Careless'), 'WithoutTls');
    expect(() => app.synth()).toThrow('AwsSolutions-SQS4');
    // Bundling takes its time where other work runs.
  }, 180_000);
});
