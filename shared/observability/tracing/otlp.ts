import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  ParentBasedSampler,
  type ReadableSpan,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { SignatureV4 } from '@smithy/signature-v4';
import { logger } from '../logger.ts';

const { env } = process;
/** OpenTelemetry's own variables. Without an endpoint it is X-Ray's, which wants its requests signed. */
const ownEndpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
const endpoint = new URL(ownEndpoint ?? `https://xray.${env.AWS_REGION}.amazonaws.com/v1/traces`);
const sampleRate = Number(env.OTEL_TRACES_SAMPLER_ARG ?? 0.05);
/** A trace is not worth more of a function's time. */
const patienceMs = 2_000;

/** Spans that ended and were not sent yet. */
const ended: ReadableSpan[] = [];
const collect: SpanProcessor = {
  onStart: () => undefined,
  onEnd: (span) => void ended.push(span),
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

/** Who makes spans: for a share of all traces, and for all of a trace that somebody else began so. */
export const provider = new TracerProvider({
  resource: resourceFromAttributes({
    'service.name': `aictive-${env.POWERTOOLS_SERVICE_NAME}`,
    'deployment.environment.name': env.STAGE ?? '',
    'cloud.provider': 'aws',
    'cloud.region': env.AWS_REGION ?? '',
  }),
  sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRate) }),
  spanProcessors: [collect],
});

/** Sends what has ended, in one request. Never throws: a trace that is lost costs nobody anything. */
export async function sendSpans(): Promise<void> {
  const spans = ended.splice(0).filter((span) => (span.spanContext().traceFlags & 1) === 1);
  const body = spans.length === 0 ? undefined : JsonTraceSerializer.serializeRequest(spans);
  if (body === undefined) return;
  try {
    const headers = { host: endpoint.host, 'content-type': 'application/json' };
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: ownEndpoint === undefined ? await signed(headers, body) : headers,
      body,
      signal: AbortSignal.timeout(patienceMs),
    });
    if (!answer.ok) logger.warn('A trace was not taken.', { status: answer.status });
  } catch (error) {
    logger.warn('A trace could not be sent.', { error });
  }
}

async function signed(headers: Record<string, string>, body: Uint8Array): Promise<Record<string, string>> {
  const { hostname, pathname: path } = endpoint;
  const signer = new SignatureV4({
    service: 'xray',
    region: env.AWS_REGION ?? '',
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      ...(env.AWS_SESSION_TOKEN !== undefined && { sessionToken: env.AWS_SESSION_TOKEN }),
    },
    sha256: Sha256,
  });
  return (await signer.sign({ method: 'POST', protocol: 'https:', hostname, path, headers, body })).headers;
}

/** What the signer wants of a hash. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

const bytesOf = (data: string | ArrayBuffer | ArrayBufferView): Uint8Array => {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
};
