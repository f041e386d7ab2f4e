import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { userInfo } from 'node:os';
import type { ResourceSchedule } from '../../shared/health/resource-schedules.ts';
import type { LocalStack } from '../local/start.ts';
import { localPlatform } from '../platform/local-platform.ts';
import { prefixOf } from '../platform/names.ts';
import type { Platform } from '../platform/platform.ts';
import { act } from './actions.ts';
import { articleHtml } from './article.ts';
import { runbookFile } from './collect/alarms.ts';
import { snapshotsOf } from './collect/snapshot.ts';
import { admission, consoleKey, cookieOf, refusal, securityHeaders } from './guard.ts';
import { readPageFiles } from './page-files.ts';

export interface ConsoleOptions {
  readonly stack: LocalStack;
  /** How resources are read. */
  readonly schedules: readonly ResourceSchedule[];
}

export interface Console {
  /** With the key that opens it. */
  readonly url: string;
  stop(): void;
}

const runbookPath = /^\/console\/runbooks\/([a-z0-9-]+)$/;
const maxBodyBytes = 16 * 1024;
const unknownVisitor = 'Open the console by the link that npm start printed: it has the key.\n';

/**
 * Serves the operator's console at `/` of the stack's HTTP API: the flow, alarms, runs, dead letters and figures, live. To
 * whoever started it only, see `refusal` and `admission`.
 */
export async function startConsole({ stack, schedules }: ConsoleOptions): Promise<Console> {
  const platform = localPlatform(stack);
  const readView = snapshotsOf({ stack, platform, schedules });
  const operator = userInfo().username;
  const report = () => stack.fireSchedule(platform.nameOf('business-report'));
  const files = await readPageFiles();
  const key = consoleKey(stack.accessKeyId);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request);
    if (refused !== undefined) return sendJson(response, 403, { message: refused });
    const [path = '/'] = (request.url ?? '/').split('?');
    const admitted = admission(request, key);
    if (admitted === undefined) return send(response, 403, 'text/plain; charset=utf-8', unknownVisitor);
    if (admitted === 'link') {
      // The key is in the browser's cookies from now on, and no longer in its address bar.
      response.writeHead(303, { ...securityHeaders, location: path, 'set-cookie': cookieOf(request, key) }).end();
      return;
    }
    if (request.method === 'POST' && path === '/console/actions') {
      const body = await readJson(request);
      const answered = await act(body, { platform, operator, report });
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
        articleHtml(aboutThisStack(readFileSync(article, 'utf8'), platform)),
      );
    sendJson(response, 404, { message: 'There is nothing here.' });
  }

  async function sendView(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const view = JSON.stringify(await readView());
    const etag = `"${createHash('sha256').update(view).digest('base64url').slice(0, 22)}"`;
    // The page tells ages by the platform's clock, which tests and faults turn.
    const headers = { etag, 'x-now': platform.now().toISOString(), 'cache-control': 'no-store' };
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
    url: `${stack.apiUrl}/?key=${key}`,
    stop() {
      stack.servePages(() => false);
      platform.close();
    },
  };
}

/** Articles are written for production; what they say to type is to work here. */
const aboutThisStack = (article: string, { prefix }: Platform): string =>
  article.replaceAll(' --stage prod', '').replaceAll(prefixOf('prod'), prefix);

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > maxBodyBytes) return undefined;
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
