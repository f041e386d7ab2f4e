import { Duration, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  CorsHttpMethod,
  HttpApi,
  type HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { removalPolicy } from './removal-policy.ts';

/** What is logged of a request; API Gateway fills it in. Where it refuses one itself, `refusal` says why: `THROTTLED`. */
const accessLogFields = {
  requestId: '$context.requestId',
  httpMethod: '$context.httpMethod',
  routeKey: '$context.routeKey',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  refusal: '$context.error.responseType',
  responseLength: '$context.responseLength',
  integrationLatency: '$context.integrationLatency',
};

const preflightMaxAge = Duration.hours(1);

export interface RouteLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** The one HTTP API: what Rentvine and people reach from outside. Access is logged without headers and bodies. */
export class PublicApi extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  readonly #routeSettings: Record<string, object> = {};

  constructor(scope: Construct, id: string, { settings }: { readonly settings: Settings }) {
    super(scope, id);
    const name = `${settings.prefix}-api`;
    this.api = new HttpApi(this, 'Api', {
      apiName: name,
      description: 'Webhooks from Rentvine, and the state of the copy',
      createDefaultStage: false,
      ...(settings.cors.allowOrigins.length > 0 && {
        corsPreflight: {
          allowOrigins: settings.cors.allowOrigins,
          allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.HEAD],
          allowHeaders: ['authorization'],
          maxAge: preflightMaxAge,
        },
      }),
    });
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/apigateway/${name}`,
      retention: settings.logRetentionDays satisfies RetentionDays,
      removalPolicy: removalPolicy(settings),
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.api.requestsPerSecond, burstLimit: settings.api.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
  }

  /**
   * Adds a route that a function answers.
   *
   * @param withoutAuthorizer why the route needs no authorizer of API Gateway's
   * @param limit of this route alone, within that of all; for routes that anybody may call
   */
  addRoute(method: HttpMethod, path: string, target: IFunction, withoutAuthorizer: string, limit?: RouteLimit): void {
    const routes = this.api.addRoutes({
      path,
      methods: [method],
      integration: new HttpLambdaIntegration(`${target.node.id}Integration`, target),
    });
    for (const route of routes) {
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: withoutAuthorizer });
      if (limit === undefined) continue;
      this.#limit(`${method} ${path}`, limit);
      // API Gateway refuses a limit of a route that does not exist yet.
      this.stage.node.addDependency(route);
    }
  }

  /** CDK's stage knows only one limit for all routes. */
  #limit(routeKey: string, { perSecond, burst }: RouteLimit): void {
    const stage = this.stage.node.defaultChild;
    if (!(stage instanceof CfnStage)) throw new Error('The stage of an HTTP API is a CfnStage.');
    this.#routeSettings[routeKey] = {
      ThrottlingRateLimit: perSecond,
      ThrottlingBurstLimit: burst,
    };
    stage.routeSettings = this.#routeSettings;
  }
}
