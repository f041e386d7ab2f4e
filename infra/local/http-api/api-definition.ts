import * as z from 'zod';
import { booleanProperty, ofType, type TemplateResource } from '../cloudformation/template-resource.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import { type HttpRoute, isRouteKey } from './http-routes.ts';

const strings = z.array(z.string()).default([]);

const apiSchema = z.strictObject({
  Name: z.string(),
  ProtocolType: z.literal('HTTP'),
  CorsConfiguration: z
    .strictObject({
      AllowOrigins: strings,
      AllowMethods: strings,
      AllowHeaders: strings,
      ExposeHeaders: strings,
      AllowCredentials: booleanProperty.default(false),
      MaxAge: z.coerce.number().optional(),
    })
    .optional(),
});

const routeSchema = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.literal('NONE').optional(),
});

const integrationSchema = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
});

const stageSchema = z.strictObject({
  ApiId: z.string(),
  StageName: z.literal('$default', 'only the stage $default is supported'),
  AutoDeploy: booleanProperty,
});
/** Limits and logs of a whole API, which nobody here reaches or reads. */
const inertStageProperties = ['AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings'];

export type CorsRules = NonNullable<z.infer<typeof apiSchema>['CorsConfiguration']>;

export interface HttpApiDefinition {
  readonly apiId: string;
  readonly routes: readonly HttpRoute<FunctionPool>[];
  readonly cors: CorsRules | undefined;
}

/**
 * Puts the `AWS::ApiGatewayV2::Api` of the templates together with its routes, integrations and stage.
 *
 * @returns undefined when there is none
 * @throws ConfigurationError for a second API, and for whatever else than functions behind routes with literal and variable
 * segments
 */
export function readHttpApi(
  resources: readonly TemplateResource[],
  functionOf: (nameOrArn: string) => FunctionPool | undefined,
): HttpApiDefinition | undefined {
  const [api, second] = ofType(resources, 'AWS::ApiGatewayV2::Api');
  if (!api) return undefined;
  if (second) throw second.fault('more than one HTTP API is not supported');
  const { CorsConfiguration: cors } = api.properties(apiSchema, ['Description', 'Tags']);

  const integrations = new Map<string, FunctionPool>();
  for (const resource of ofType(resources, 'AWS::ApiGatewayV2::Integration')) {
    const { IntegrationUri: uri } = resource.properties(integrationSchema);
    // Either the function's ARN, or API Gateway's path around it.
    const pool = functionOf(/functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri);
    if (!pool) throw resource.fault(`${uri} is no function of this stack`);
    integrations.set(resource.physicalId, pool);
  }

  const routes = ofType(resources, 'AWS::ApiGatewayV2::Route').map((resource) => {
    const { RouteKey: routeKey, Target } = resource.properties(routeSchema);
    const target = integrations.get(Target.replace(/^integrations\//, ''));
    if (!target) throw resource.fault('it has no integration');
    if (!isRouteKey(routeKey)) throw resource.fault(`route ${routeKey} is not supported`);
    return { routeKey, target };
  });
  for (const stage of ofType(resources, 'AWS::ApiGatewayV2::Stage'))
    stage.properties(stageSchema, inertStageProperties);
  return { apiId: api.physicalId, routes, cors };
}
