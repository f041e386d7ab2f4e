import { Agent, request } from 'node:http';
import * as z from 'zod';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { signedBodyDelivery } from '../../shared/webhook/signed-delivery.ts';
import { dueAt, requestsIn } from './arrivals.ts';
import type { Load, LoadOptions, Sample } from './processes/protocol.ts';

const recipe = webhookRecipeSchema.parse({});
const answerSchema = z.object({ correlationId: z.string() });
/** Longer than a sender would wait. */
const timeoutMs = 30_000;
/** Objects that the webhooks are about. */
const objects = 200;

/**
 * Sends distinct webhooks, each with a token and a valid signature of its own, over so many connections that stay open,
 * and answers what became of each. Not autocannon: it opens no more connections than it makes requests in a second, has no
 * ramp-up, and starts its clock only when it sends.
 */
export async function generateLoad(options: LoadOptions): Promise<Load> {
  const { requestsPerSecond, rampUpSeconds, seconds } = options;
  const total = requestsIn(requestsPerSecond, rampUpSeconds, seconds);
  const idle = Array.from({ length: options.connections }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const agents = [...idle];
  const waiting: number[] = [];
  const samples: Sample[] = [];
  const sockets = new Set<unknown>();
  const done = Promise.withResolvers<void>();
  const startedAt = performance.now();
  const now = () => performance.now() - startedAt;
  let next = 0;

  function send(n: number, agent: Agent): void {
    const at = dueAt(n, requestsPerSecond, rampUpSeconds);
    const lateBy = now() - at;
    const finish = (status: number, text: string) => {
      const correlationId = status === 202 ? answerSchema.parse(JSON.parse(text)).correlationId : undefined;
      samples.push({ at, lateBy, latency: now() - at, status, ...(correlationId !== undefined && { correlationId }) });
      const turn = waiting.shift();
      if (turn === undefined) idle.push(agent);
      else send(turn, agent);
      if (samples.length === total) done.resolve();
    };
    const { headers, body } = deliveryOf(n, options.signingKey);
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    let settled = false;
    const once = (status: number, text: string) => {
      if (settled) return;
      settled = true;
      finish(status, text);
    };
    const sent = request(options.url, { method: 'POST', agent, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => once(response.statusCode ?? 0, Buffer.concat(chunks).toString()));
      response.on('error', () => once(0, ''));
    });
    sent.on('socket', (socket) => sockets.add(socket));
    sent.on('error', () => once(0, ''));
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error('No answer in time.')));
    sent.end(body);
  }

  const timer = setInterval(() => {
    for (const elapsed = now(); next < total && dueAt(next, requestsPerSecond, rampUpSeconds) <= elapsed; next++) {
      const agent = idle.shift();
      if (agent === undefined) waiting.push(next);
      else send(next, agent);
    }
    if (next === total) clearInterval(timer);
  }, 1);
  await done.promise;
  const connections = agents.reduce((sum, agent) => sum + Object.values(agent.freeSockets).flat().length, 0);
  for (const agent of agents) agent.destroy();
  return { samples, connections, opened: sockets.size };
}

function deliveryOf(n: number, signingKey: string) {
  return signedBodyDelivery({
    signingKey,
    recipe,
    token: crypto.randomUUID(),
    sentAt: new Date(),
    event: { eventType: 'lease.updated', objectID: String((n % objects) + 1), objectTypeID: '4', changes: {} },
    data: { leaseID: String((n % objects) + 1) },
  });
}
