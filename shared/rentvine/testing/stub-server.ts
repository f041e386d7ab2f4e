import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

/** A request as the stub saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query, undecoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What the stub does with a request; it may also write to the response itself and answer nothing. */
export type Handler = (
  request: SeenRequest,
  response: ServerResponse,
) => StubAnswer | undefined | Promise<StubAnswer | undefined>;

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown;
}

export interface StubServer extends AsyncDisposable {
  readonly baseUrl: string;
  readonly seen: readonly SeenRequest[];
}

/** A real HTTP server that answers with what the test says, with a `Date` only where the test gives one. */
export async function startStubServer(handle: Handler): Promise<StubServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request: SeenRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: incoming.method === 'POST' ? await json(incoming) : undefined,
    };
    seen.push(request);
    // Its clock is the test's to tell.
    response.sendDate = false;
    const answer = await handle(request, response);
    if (answer === undefined) return;
    const { status = 200, headers = {}, body = '' } = answer;
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${portOf(server)}/api/manager`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers the given answers one after another, the last one for ever. */
export function inTurn(...answers: readonly StubAnswer[]): Handler {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)];
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The stub server has no port');
  return address.port;
}
