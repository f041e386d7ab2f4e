import { expect, it, onTestFinished, vi } from 'vitest';

const context = { functionName: 'f' } as never;

/** OpenTelemetry's tracing as a function has it that starts with these variables, and what it sends. */
async function startedWith(variables: Readonly<Record<string, string | undefined>>, answer = () => new Response('{}')) {
  const requests: { url: string; headers: Headers; body: string }[] = [];
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AK',
    AWS_SECRET_ACCESS_KEY: 'SK',
    AWS_SESSION_TOKEN: 'ST',
  };
  for (const [name, value] of Object.entries({ ...environment, OTEL_TRACES_SAMPLER_ARG: '1', ...variables }))
    vi.stubEnv(name, value);
  vi.stubGlobal('fetch', async (url: URL, { headers, body }: { headers: Record<string, string>; body: Uint8Array }) => {
    requests.push({ url: url.href, headers: new Headers(headers), body: Buffer.from(body).toString() });
    return answer();
  });
  vi.resetModules();
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });
  return { ...(await import('./otel.ts')), requests };
}

it('signs what it sends to X-Ray, with the function’s own credentials', async () => {
  const { tracedHandler, requests } = await startedWith({});
  expect(await tracedHandler(async (event: string) => `${event}!`)('done', context)).toBe('done!');
  const [request] = requests;
  expect(request?.url).toBe('https://xray.eu-west-1.amazonaws.com/v1/traces');
  expect(request?.headers.get('authorization')).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AK\/\d{8}\/eu-west-1\/xray\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
  );
  expect(request?.headers.get('x-amz-security-token')).toBe('ST');
});

it('sends no credentials to anybody else, and one request for all that an invocation did', async () => {
  const { tracedHandler, asSubsegment, requests } = await startedWith({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector.example/v1/traces',
  });
  const subject = { account: 'acme', resource: 'leases' };
  await tracedHandler(async () => {
    for (const name of ['one', 'two']) await asSubsegment(name, subject, async () => undefined);
  })({}, context);
  expect(requests.map(({ url }) => url)).toEqual(['http://collector.example/v1/traces']);
  expect(requests[0]?.headers.has('authorization')).toBe(false);
  for (const name of ['one', 'two', 'acme']) expect(requests[0]?.body).toContain(`"${name}"`);
});

it('tells of the share that is set, of none here, and of whatever a message says is told of', async () => {
  const { tracedHandler, requests } = await startedWith({ OTEL_TRACES_SAMPLER_ARG: '0' });
  const handler = tracedHandler(async () => 'done');
  await handler({}, context);
  expect(requests).toEqual([]);
  const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=';
  await handler({ Records: [{ attributes: { AWSTraceHeader: `${header}0` } }] }, context);
  expect(requests).toEqual([]);
  await handler({ Records: [{ attributes: { AWSTraceHeader: `${header}1` } }] }, context);
  expect(requests[0]?.body).toContain('"traceId":"5759e988bd862e3fe1be46a994272793"');
  expect(requests[0]?.body).toContain('"parentSpanId":"53995c3f42cd8ad8"');
});

it('costs nobody their answer, whether the trace is refused or nobody takes it, and shows that work failed and not why', async () => {
  for (const answer of [
    () => new Response('no', { status: 403 }),
    () => Promise.reject(new Error('unreachable')) as never,
  ]) {
    const { tracedHandler, requests } = await startedWith({}, answer);
    expect(await tracedHandler(async () => 'done')({}, context)).toBe('done');
    await expect(tracedHandler(() => Promise.reject(new Error('of acme')))({}, context)).rejects.toThrow('of acme');
    expect(requests).toHaveLength(2);
    expect(requests[1]?.body).toContain('"status":{"code":2}');
    expect(requests[1]?.body).not.toContain('of acme');
  }
});
