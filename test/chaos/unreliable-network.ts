import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { closeServer, listen, portOf } from '../../infra/local/http-server.ts';
import type { Random } from '../../infra/simulator/generator/random.ts';

/** How the platform answered one request, whether the sender got to see it or not. */
export interface Answer {
  readonly status: number;
  /** What the receiver said became of it: `queued`, `duplicate`, `unauthorized`, ... */
  readonly said: string | undefined;
  readonly arrived: boolean;
}

/** The way from Rentvine to the platform. */
export interface UnreliableNetwork {
  /** What stands for the platform's own address. */
  readonly url: string;
  /** By the key of the body. */
  readonly answers: ReadonlyMap<string, readonly Answer[]>;
  close(): Promise<void>;
}

const said = z.object({ status: z.string() });

/**
 * Passes requests on and writes down what was answered; some answers never arrive, so that the sender repeats itself.
 *
 * @param keyOf tells by its body which delivery a request belongs to
 * @param lost share of answers that do not arrive
 */
export async function startUnreliableNetwork(
  target: string,
  keyOf: (body: string) => string,
  lost: number,
  random: Random,
): Promise<UnreliableNetwork> {
  const answers = new Map<string, Answer[]>();

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const key = keyOf(body);
    const known = answers.get(key) ?? [];
    answers.set(key, known);
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const answer = await fetch(target + (request.url ?? ''), { method: 'POST', headers, body });
    const text = await answer.text();
    const arrived = random() >= lost;
    known.push({ status: answer.status, said: said.safeParse(parseJson(text)).data?.status, arrived });
    if (arrived) response.writeHead(answer.status).end(text);
    else response.destroy();
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await listen(server, 0);
  return { url: `http://127.0.0.1:${portOf(server)}`, answers, close: () => closeServer(server) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
