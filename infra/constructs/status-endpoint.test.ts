import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import * as z from 'zod';
import { openApiDocument } from '../../functions/status/docs/openapi.ts';
import { environmentSchema } from '../../functions/status/environment.ts';

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.any()).default({}),
      DependsOn: z.array(z.string()).default([]),
    }),
  ),
});
const { Resources } = templateSchema.parse(
  JSON.parse(readFileSync(`${inject('assemblyDir')}/aictive-dev-core.template.json`, 'utf8')),
);
const ofType = (type: string) => Object.entries(Resources).filter(([, resource]) => resource.Type === type);
const functions = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties);
const status = functions.find(({ FunctionName }) => FunctionName === 'aictive-dev-status') ?? {};
const routes = new Map(ofType('AWS::ApiGatewayV2::Route').map(([id, { Properties }]) => [Properties.RouteKey, id]));

it('every route of the HTTP API is documented, and every documented one exists', () => {
  const documented = Object.entries(openApiDocument().paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) =>
      path.startsWith('/webhooks/') ? `${method.toUpperCase()} ${path}` : `ANY ${path}`,
    ),
  );
  expect([...routes.keys()].sort()).toEqual(documented.sort());
});

it('a flood of what anybody may ask is stopped by API Gateway, route by route', () => {
  const stage = ofType('AWS::ApiGatewayV2::Stage')[0]?.[1];
  const limits = z
    .record(z.string(), z.object({ ThrottlingRateLimit: z.number().max(10), ThrottlingBurstLimit: z.number().max(20) }))
    .parse(stage?.Properties.RouteSettings);
  expect(Object.keys(limits).sort()).toEqual(['ANY /docs', 'ANY /health', 'ANY /metrics', 'ANY /openapi.json']);
  // API Gateway refuses a limit for a route that does not exist yet.
  for (const routeKey of Object.keys(limits)) expect(stage?.DependsOn).toContain(routes.get(routeKey));
});

it('the status function knows every function of the stack, and finds in its environment just what it reads', () => {
  const { Variables } = status.Environment;
  const folders = functions.map(({ FunctionName }) => FunctionName.replace('aictive-dev-', ''));
  expect(JSON.parse(Variables.FUNCTIONS)).toEqual(folders.sort());
  const own = Object.keys(Variables).filter((key) => !/^(?:POWERTOOLS_|NODE_OPTIONS$)/.test(key));
  expect(own.sort()).toEqual(Object.keys(environmentSchema.shape).sort());
});

it('the status function may look, and nothing else; of secrets it may read its own token and no account’s', () => {
  const statements = ofType('AWS::IAM::Policy')
    .filter(([, { Properties }]) => JSON.stringify(Properties.Roles).includes('StatusEndpoint'))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  const actions = statements.flatMap(({ Action }) => [Action].flat());
  expect([...new Set(actions)].sort()).toEqual([
    'cloudwatch:GetMetricData',
    'dynamodb:DescribeTable',
    'dynamodb:GetItem',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'secretsmanager:GetSecretValue',
    'sqs:GetQueueAttributes',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
  const secrets = statements.filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'));
  const names = JSON.stringify(secrets).match(/secret:[^"]+/g);
  expect(names).toEqual(['secret:aictive/dev/status-token', 'secret:aictive/dev/status-token-??????']);
});
