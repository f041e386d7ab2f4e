import { createServer } from 'node:http';
import * as z from 'zod';
import { closeServer, listen, portOf } from '../../infra/local/http-server.ts';
import { noUsage, plus, type Usage, type UsageKey, usageOf } from './usage.ts';

const capacity = z.object({ CapacityUnits: z.number() });
const answerSchema = z.looseObject({
  __type: z.string().optional(),
  ConsumedCapacity: capacity.or(z.array(capacity)).optional(),
});
const requestSchema = z.looseObject({
  QueueUrl: z.string().optional(),
  Entries: z.array(z.looseObject({ Detail: z.string().optional() })).optional(),
});
const metricLine = z.looseObject({
  service: z.string().optional(),
  _aws: z.looseObject({
    CloudWatchMetrics: z.array(
      z.looseObject({
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.looseObject({ Name: z.string() })),
      }),
    ),
  }),
});

const reads = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);
const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'BatchExecuteStatement']);
/** EventBridge bills an event for every 64 KB of it. */
const eventBytes = 64 * 1024;
/** CloudWatch Logs counts these on top of a line's own bytes. */
const logLineBytes = 26;

/** Counts, in the units in which AWS bills, what functions ask of the services and what they write. */
export interface Meter {
  /** For the functions' `AWS_ENDPOINT_URL`; passes everything on to the endpoint given to `connect`. */
  readonly url: string;
  connect(endpoint: string): void;
  onLog(text: string): void;
  add(usage: Partial<Usage>): void;
  /** What was counted since the last reading, and the metrics that were sent: name and dimensions. */
  read(): { readonly usage: Usage; readonly metrics: ReadonlySet<string> };
  close(): Promise<void>;
}

export async function startMeter(): Promise<Meter> {
  let target = '';
  let usage = noUsage;
  let metrics = new Set<string>();
  const add = (more: Partial<Usage>): void => {
    usage = plus(
      usage,
      usageOf((key: UsageKey) => more[key] ?? 0),
    );
  };

  const server = createServer(async (request, response) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers)) {
        if (typeof value === 'string' && name !== 'host' && name !== 'content-length' && name !== 'connection') {
          headers.set(name, value);
        }
      }
      const [service = '', operation = ''] = (headers.get('x-amz-target') ?? '').split('.');
      const isDynamoDb = service.startsWith('DynamoDB');
      const body: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString() || '{}');
      if (isDynamoDb) body.ReturnConsumedCapacity = 'TOTAL';
      const answer = await fetch(`${target}${request.url ?? '/'}`, {
        method: request.method ?? 'POST',
        headers,
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      if (isDynamoDb) add(databaseUnits(operation, text));
      else if (service === 'AmazonSQS') add(queueRequest(body));
      else if (service === 'secretsmanager') add({ secretsCalls: 1 });
      else if (service === 'AWSEvents') add({ events: eventsIn(body) });
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/x-amz-json-1.0',
      });
      response.end(text);
    } catch {
      response.destroy();
    }
  });
  await listen(server, 0);

  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    connect(endpoint) {
      target = endpoint;
    },
    onLog(text) {
      add({ logBytes: Buffer.byteLength(text) + logLineBytes });
      for (const metric of metricsIn(text)) metrics.add(metric);
    },
    add,
    read() {
      const counted = { usage, metrics };
      usage = noUsage;
      metrics = new Set();
      return counted;
    },
    close: () => closeServer(server),
  };
}

/**
 * As the local database reports them, except that a refused conditional write costs a unit for each KB of what is stored: 1 is
 * counted, for such items are small.
 */
function databaseUnits(operation: string, text: string): Partial<Usage> {
  const answer = answerSchema.parse(JSON.parse(text));
  const units = [answer.ConsumedCapacity ?? []].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
  if (reads.has(operation)) return { readUnits: units };
  if (!writes.has(operation)) return {};
  const isRefused = answer.__type?.endsWith('ConditionalCheckFailedException') === true;
  return { writeUnits: units + (isRefused ? 1 : 0) };
}

function queueRequest(body: unknown): Partial<Usage> {
  const { QueueUrl: url = '' } = requestSchema.parse(body);
  return url.endsWith('.fifo') ? { sqsFifoRequests: 1 } : { sqsStandardRequests: 1 };
}

function eventsIn(body: unknown): number {
  const { Entries: entries = [] } = requestSchema.parse(body);
  return entries.reduce((sum, { Detail = '' }) => sum + Math.ceil(Buffer.byteLength(Detail) / eventBytes), 0);
}

/** The metrics of a line in CloudWatch's embedded format. */
function metricsIn(text: string): string[] {
  if (!text.includes('"CloudWatchMetrics"')) return [];
  const line = metricLine.safeParse(JSON.parse(text));
  if (!line.success) return [];
  const values: Record<string, unknown> = line.data;
  return line.data._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => [Name, ...names.map((name) => `${name}=${values[name]}`)].join(' ')),
    ),
  );
}
