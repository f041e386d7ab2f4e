import { AwsError } from '../infra/local/aws-error.ts';

/** One request to an AWS service as the SDK sent it. */
export interface SeenRequest {
  readonly operation: string;
  readonly body: Record<string, unknown>;
}

interface HttpRequest {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/**
 * Settings for the client of a service that speaks JSON: every request is answered by `answer`, without a network in
 * between. An `AwsError` that it throws becomes the service's error of that name.
 *
 * @example
 * const sqs = new SQSClient({ ...awsStub(({ operation }) => ({ MessageId: operation })), md5: false });
 */
export function awsStub(answer: (request: SeenRequest) => unknown) {
  const respond = async ({ headers, body: sent }: HttpRequest) => {
    const target = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1] ?? '';
    const text = typeof sent === 'string' ? sent : new TextDecoder().decode(sent);
    try {
      const content = await answer({ operation: target.split('.').at(-1) ?? '', body: JSON.parse(text) });
      return { statusCode: 200, content };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { statusCode: error.status, content: { __type: error.type, message: error.message, ...error.details } };
    }
  };
  return {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: HttpRequest) {
        const { statusCode, content } = await respond(request);
        const headers = { 'content-type': 'application/x-amz-json-1.0' };
        return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(content ?? {})) } };
      },
    },
  };
}
