import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import * as z from 'zod';

const functionSchema = z.object({
  LoggingConfig: z.object({ LogFormat: z.string(), ApplicationLogLevel: z.string() }),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
const templateSchema = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })),
});

const template = templateSchema.parse(
  JSON.parse(readFileSync(`${inject('assemblyDir')}/aictive-dev-core.template.json`, 'utf8')),
);
const functions = Object.values(template.Resources)
  .filter(({ Type }) => Type === 'AWS::Lambda::Function')
  .map(({ Properties }) => functionSchema.parse(Properties));

it('every function logs the debug lines of a share of its invocations, and Lambda lets them through', () => {
  expect(functions.length).toBeGreaterThan(6);
  for (const { LoggingConfig, Environment } of functions) {
    expect(LoggingConfig).toEqual(expect.objectContaining({ LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG' }));
    expect(Environment.Variables).toMatchObject({
      POWERTOOLS_LOG_LEVEL: 'INFO',
      POWERTOOLS_LOGGER_SAMPLE_RATE: '0.01',
    });
  }
});
