import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { cachedAssembly } from '../../infra/assembly-cache.ts';
import { until } from '../integration/eventually.ts';
import { startHarness } from '../integration/harness.ts';
import { signingKey, webhooksOf } from '../webhooks/webhook-harness.ts';
import { type CollectedSpan, startCollector } from './collector.ts';

const tracing = { mode: 'otel', sampleRate: 1, otlpEndpoint: 'http://127.0.0.1:9/v1/traces' };
const sent = z.object({
  MessageBody: z.string(),
  MessageSystemAttributes: z.object({ AWSTraceHeader: z.object({ StringValue: z.string() }) }),
});

it('with OpenTelemetry a webhook is one trace, from its request through the queue to the write, and nobody’s data are in it', {
  tags: 'long',
}, async () => {
  await using collector = await startCollector();
  const harness = await startHarness({
    assemblyDir: await cachedAssembly({ context: { tracing } }),
    environment: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.url },
  });
  try {
    const company = await harness.company();
    const webhooks = webhooksOf(company);
    await webhooks.enable();
    // The queue here does not hand on the trace that a message carries, as SQS does: so the message is taken by hand.
    const processor = harness.platform.nameOf('webhook-processor');
    await harness.stack.setEventSources(processor, false);
    const messages: z.output<typeof sent>[] = [];
    harness.intercept(({ operation, body }) => {
      if (operation === 'SendMessage') messages.push(sent.parse(body));
      return undefined;
    });
    const event = { eventType: 'workOrder.updated', objectID: '3', objectTypeID: '16' };
    expect((await webhooks.post(webhooks.about(event))).status).toBe(202);
    const Records = messages.map(({ MessageBody: body, MessageSystemAttributes: { AWSTraceHeader } }) => ({
      messageId: 'm-1',
      receiptHandle: 'r-1',
      body,
      attributes: { ApproximateReceiveCount: '1', AWSTraceHeader: AWSTraceHeader.StringValue },
      messageAttributes: {},
      eventSource: 'aws:sqs',
    }));
    expect(Records).toHaveLength(1);
    const { error } = await harness.stack.invoke(processor, { Records });
    expect(error).toBeUndefined();
    expect((await company.stored('workOrders')).has('3')).toBe(true);

    const named = (name: string) => collector.spans.find((span) => span.name === name);
    await until('the write to be told of', () => named('store') !== undefined);
    // From the write up to the request, each below the next.
    const way: CollectedSpan[] = [];
    for (
      let span = named('store');
      span !== undefined;
      span = collector.spans.find((each) => each.spanId === way.at(-1)?.parentSpanId)
    ) {
      way.push(span);
    }
    expect(way.map(({ name }) => name)).toEqual([
      'store',
      'refresh',
      'SQSClient SendMessageCommand',
      'webhook-receiver',
    ]);
    expect(way.at(-1)?.parentSpanId ?? '').toBe('');
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(way[1]).toMatchObject({
      service: 'aictive-webhook-processor',
      attributes: { account: company.account, resource: 'workOrders' },
    });
    expect(named('Rentvine')?.parentSpanId).toBe(way[1]?.spanId);
    expect(collector.spans.filter(({ name }) => name.includes('DynamoDB'))).toEqual([]);
    const told = JSON.stringify(collector.spans);
    for (const hidden of [signingKey, company.simulator.baseUrl(company.account)]) expect(told).not.toContain(hidden);
  } finally {
    await harness.stop();
  }
});

it('a stage has the tracing that it asks for, and its bundles have nothing of the others', {
  tags: 'long',
}, async () => {
  const bundleOf = async (context: object, name: string) => {
    const directory = await cachedAssembly({ context: { ...context } });
    const read = (file: string) => readFileSync(`${directory}/${file}`, 'utf8');
    const { Resources } = z
      .object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.any() })) })
      .parse(JSON.parse(read('aictive-dev-core.template.json')));
    const all = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    const { Properties } = all.find((each) => each.Properties.FunctionName === `aictive-dev-${name}`) ?? {};
    const code = read(`bundle.${name}/index.mjs`);
    return {
      mode: Properties?.TracingConfig?.Mode,
      variables: Object.keys(Properties?.Environment.Variables).filter((key) => key.startsWith('OTEL_')),
      hasXray: code.includes('AWS_XRAY_DAEMON_ADDRESS'),
      hasOtel: code.includes('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'),
      mayPut: read('aictive-dev-core.template.json').includes('xray:PutTraceSegments'),
    };
  };
  expect(await bundleOf({}, 'sync-worker')).toEqual({
    mode: 'Active',
    variables: [],
    hasXray: true,
    hasOtel: false,
    mayPut: true,
  });
  expect(await bundleOf({ tracing }, 'webhook-receiver')).toEqual({
    mode: undefined,
    variables: ['OTEL_TRACES_SAMPLER_ARG', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
    hasXray: false,
    hasOtel: true,
    mayPut: false,
  });
  expect((await bundleOf({ tracing: { mode: 'otel' } }, 'sync-worker')).mayPut).toBe(true);
  expect(await bundleOf({ tracing: { mode: 'off' } }, 'sync-worker')).toEqual({
    mode: undefined,
    variables: [],
    hasXray: false,
    hasOtel: false,
    mayPut: false,
  });
});
