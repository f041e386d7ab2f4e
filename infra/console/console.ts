import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { userInfo } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { ResourceSchedule } from '../../shared/health/resource-schedules.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { type Clock, systemClock } from '../local/clock/clock.ts';
import type { LocalStack } from '../local/start.ts';
import { type ActionDependencies, act } from './actions.ts';
import { articleHtml } from './article.ts';
import { runbookFile } from './collect/alarms.ts';
import { snapshotsOf } from './collect/snapshot.ts';
import { refusal, securityHeaders } from './guard.ts';
import { readPageFiles } from './page-files.ts';

export interface ConsoleOptions {
  readonly stack: LocalStack;
  readonly stage: string;
  /** How resources are read. */
  readonly schedules: readonly ResourceSchedule[];
  /** The clock that the stack and its functions run by; the machine's own by default. */
  readonly clock?: Clock;
}

export interface Console {
  readonly url: string;
  stop(): void;
}

const runbookPath = /^\/console\/runbooks\/([a-z0-9-]+)$/;
const longestBody = 16 * 1024;

/**
 * Serves the operator's console at `/` of the stack's HTTP API: the flow, alarms, runs, dead letters and figures, live. To
 * this machine only, see `refusal`.
 */
export async function startConsole({ stack, stage, schedules, clock = systemClock }: ConsoleOptions): Promise<Console> {
  const prefix = `aictive-${stage}`;
  const config = {
    endpoint: stack.endpoint,
    region: stack.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const dynamodb = new DynamoDBClient(config);
  const lambda = new LambdaClient(config);
  const sqs = new SQSClient(config);
  const events = new EventBridgeClient(config);
  const secrets = new SecretsManagerClient(config);
  const client = documentClient(dynamodb);
  const state = { client, name: `${prefix}-state` };
  const readView = snapshotsOf({
    stage,
    stack,
    records: { client, name: `${prefix}-records` },
    state,
    secrets,
    schedules,
    secretPrefix: `aictive/${stage}/rentvine/`,
    clock,
  });
  const actions: ActionDependencies = {
    state,
    sqs,
    events,
    now: () => clock.now(),
    operator: userInfo().username,
    async invoke(functionName, payload) {
      await lambda.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: payload }));
    },
    async plan(tick) {
      const { payload, error } = await stack.invoke(`${prefix}-sync-planner`, tick);
      if (error !== undefined) throw new Error(error.errorMessage);
      return payload;
    },
    report: () => stack.fireSchedule(`${prefix}-business-report`),
  };
  const files = await readPageFiles();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request);
    if (refused !== undefined) return sendJson(response, 403, { message: refused });
    const [path = '/'] = (request.url ?? '/').split('?');
    if (request.method === 'POST' && path === '/console/actions') {
      const body = await readJson(request);
      const answered = await act(body, actions);
      // What the person did shows at once, and not only in a second.
      await readView.anew().catch(() => undefined);
      return sendJson(response, answered.ok ? 200 : 422, answered);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendJson(response, 405, { message: 'No.' });
    if (path === '/console/state') return sendView(request, response);
    const file = files.get(path);
    if (file !== undefined) return send(response, 200, file.type, file.content, { 'cache-control': 'no-cache' });
    const [, runbook] = runbookPath.exec(path) ?? [];
    const article = runbook === undefined ? undefined : runbookFile(runbook);
    if (article !== undefined && existsSync(article))
      return send(
        response,
        200,
        'text/html; charset=utf-8',
        articleHtml(aboutThisStack(readFileSync(article, 'utf8'), stage)),
      );
    sendJson(response, 404, { message: 'There is nothing here.' });
  }

  async function sendView(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const view = JSON.stringify(await readView());
    const etag = `"${createHash('sha256').update(view).digest('base64url').slice(0, 22)}"`;
    // The page tells ages by the platform's clock, which tests and faults turn.
    const headers = { etag, 'x-now': clock.now().toISOString(), 'cache-control': 'no-store' };
    if (request.headers['if-none-match'] !== etag) return send(response, 200, 'application/json', view, headers);
    response.writeHead(304, { ...securityHeaders, ...headers });
    response.end();
  }

  stack.servePages((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { message: error instanceof Error ? error.message : 'That did not work.' });
    });
    return true;
  });
  return {
    url: `${stack.apiUrl}/`,
    stop() {
      stack.servePages(() => false);
      for (const each of [dynamodb, lambda, sqs, events, secrets]) each.destroy();
    },
  };
}

/** Articles are written for production; what they say to type is to work here. */
const aboutThisStack = (article: string, stage: string): string =>
  article.replaceAll(' --stage prod', '').replaceAll('aictive-prod', `aictive-${stage}`);

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > longestBody) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sendJson = (response: ServerResponse, status: number, body: object): void =>
  send(response, status, 'application/json', JSON.stringify(body), { 'cache-control': 'no-store' });

function send(
  response: ServerResponse,
  status: number,
  type: string,
  content: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(content);
  response.writeHead(status, {
    ...securityHeaders,
    ...headers,
    'content-type': type,
    'content-length': String(body.length),
  });
  response.end(body);
}
