import * as z from 'zod';
import type { Resource } from '../cloudformation/stack-model.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import type { CorsRules, HttpApiDefinition, HttpIntegration } from './http-api.ts';
import type { HttpRoute } from './http-routes.ts';

const strings = z.array(z.string()).default([]);

const apiSchema = z.looseObject({
  ProtocolType: z.string().default('HTTP'),
  Body: z.unknown().optional(),
  CorsConfiguration: z
    .looseObject({
      AllowOrigins: strings,
      AllowMethods: strings,
      AllowHeaders: strings,
      ExposeHeaders: strings,
      AllowCredentials: z.union([z.boolean(), z.stringbool()]).default(false),
      MaxAge: z.coerce.number().optional(),
    })
    .optional(),
});

const routeSchema = z.looseObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string().optional(),
  AuthorizationType: z.string().default('NONE'),
});

const integrationSchema = z.looseObject({
  ApiId: z.string(),
  IntegrationType: z.string(),
  IntegrationUri: z.string().optional(),
  PayloadFormatVersion: z.string().default('1.0'),
  TimeoutInMillis: z.coerce.number().default(30_000),
});

const stageSchema = z.looseObject({
  ApiId: z.string(),
  StageName: z.string(),
  StageVariables: z.record(z.string(), z.string()).default({}),
});

function readCors(resource: Resource): CorsRules | undefined {
  const cors = resource.properties(apiSchema).CorsConfiguration;
  return (
    cors && {
      allowOrigins: cors.AllowOrigins,
      allowMethods: cors.AllowMethods,
      allowHeaders: cors.AllowHeaders,
      exposeHeaders: cors.ExposeHeaders,
      allowCredentials: cors.AllowCredentials,
      maxAgeSeconds: cors.MaxAge,
    }
  );
}

/**
 * Puts an `AWS::ApiGatewayV2::Api` together with its routes, integrations and stage.
 *
 * @throws ConfigurationError for WebSocket APIs, authorizers, other integrations than functions and payload format 1.0
 */
export function readHttpApi(
  api: Resource,
  resources: readonly Resource[],
  world: { accountId: string; poolOf(nameOrArn: string): FunctionPool | undefined },
): HttpApiDefinition {
  const properties = api.properties(apiSchema);
  if (properties.ProtocolType !== 'HTTP' || properties.Body)
    throw api.fault('only HTTP APIs made of routes are supported');
  const ofType = (type: string): Resource[] =>
    resources.filter((resource) => resource.type === `AWS::ApiGatewayV2::${type}`);

  const integrations = new Map<string, HttpIntegration>();
  for (const resource of ofType('Integration')) {
    const integration = resource.properties(integrationSchema);
    if (integration.ApiId !== api.physicalId) continue;
    const uri = integration.IntegrationUri ?? '';
    // Either the function's ARN, or API Gateway's path around it.
    const pool = world.poolOf(/functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri);
    if (integration.IntegrationType !== 'AWS_PROXY' || !pool)
      throw resource.fault('only functions are supported as integration');
    if (integration.PayloadFormatVersion !== '2.0') throw resource.fault('only payload format 2.0 is supported');
    integrations.set(resource.physicalId, { pool, timeoutMs: Math.min(integration.TimeoutInMillis, 30_000) });
  }

  const routes: HttpRoute<HttpIntegration>[] = [];
  for (const resource of ofType('Route')) {
    const route = resource.properties(routeSchema);
    if (route.ApiId !== api.physicalId) continue;
    if (route.AuthorizationType !== 'NONE')
      throw resource.fault(`authorization ${route.AuthorizationType} is not supported`);
    const target = integrations.get((route.Target ?? '').replace(/^integrations\//, ''));
    if (!target) throw resource.fault('it has no integration');
    routes.push({ routeKey: route.RouteKey, target });
  }

  const stages = ofType('Stage')
    .map((resource) => resource.properties(stageSchema))
    .filter((stage) => stage.ApiId === api.physicalId);
  if (stages.length > 1) throw api.fault('more than one stage is not supported');
  const [stage] = stages;
  return {
    apiId: api.physicalId,
    accountId: world.accountId,
    stage: stage?.StageName ?? '$default',
    stageVariables: stage?.StageVariables ?? {},
    routes,
    cors: readCors(api),
  };
}
