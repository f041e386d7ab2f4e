import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The part of API Gateway's event (payload format 2.0) that this function looks at. */
export type StatusRequest = Pick<APIGatewayProxyEventV2, 'headers' | 'rawPath'> & {
  readonly requestContext: Pick<APIGatewayProxyEventV2['requestContext'], 'requestId'> & {
    readonly http: Pick<APIGatewayProxyEventV2['requestContext']['http'], 'method'>;
  };
};

/** An answer as API Gateway wants it, without the security headers that all answers get. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const jsonAnswer = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

/** What went wrong, in one sentence for the caller. */
export const errorAnswer = (
  statusCode: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => jsonAnswer(statusCode, { error }, headers);
