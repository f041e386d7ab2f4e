/** Entry of the process that runs one environment of the receiver, one request after another as Lambda does. */
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { webhookRecipeSchema } from '../../../shared/webhook/recipe.ts';
import { signedBodyDelivery } from '../../../shared/webhook/signed-delivery.ts';
import { serve } from '../../bench/processes/remote.ts';
import { percentile } from '../percentiles.ts';
import { type Solo, soloOptions } from './protocol.ts';

const answerSchema = z.object({ statusCode: z.number() });
const bundleSchema = z.object({
  handler: z.custom<(event: unknown, context: unknown) => Promise<unknown>>((value) => typeof value === 'function'),
});
const recipe = webhookRecipeSchema.parse({});

serve({
  async measure(argument): Promise<Solo> {
    const { module, functionName, account, signingKey, warmUp, requests } = soloOptions.parse(argument);
    const { handler } = bundleSchema.parse({ ...(await import(pathToFileURL(module).href)) });
    const context = () => ({
      functionName,
      memoryLimitInMB: '512',
      awsRequestId: crypto.randomUUID(),
      invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
      getRemainingTimeInMillis: () => 6_000,
    });
    const eventsFor = (count: number) => Array.from({ length: count }, () => eventFor(account, signingKey));
    for (const event of eventsFor(warmUp)) await handler(event, context());

    // Made before: signing is the sender's work.
    const events = eventsFor(requests);
    const durations: number[] = [];
    let accepted = 0;
    const cpuBefore = process.cpuUsage();
    for (const event of events) {
      const startedAt = performance.now();
      const { statusCode } = answerSchema.parse(await handler(event, context()));
      durations.push(performance.now() - startedAt);
      if (statusCode === 202) accepted += 1;
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    const sorted = durations.sort((a, b) => a - b);
    return {
      requests,
      accepted,
      cpuMs: (user + system) / 1000 / requests,
      medianMs: percentile(sorted, 50),
      p95Ms: percentile(sorted, 95),
    };
  },
});

function eventFor(account: string, signingKey: string) {
  const { headers, body } = signedBodyDelivery({
    signingKey,
    recipe,
    token: crypto.randomUUID(),
    sentAt: new Date(),
    event: { eventType: 'lease.updated', objectID: '1', objectTypeID: '4', changes: {} },
    data: { leaseID: '1' },
  });
  return {
    version: '2.0',
    routeKey: 'POST /webhooks/rentvine/{account}',
    rawPath: `/webhooks/rentvine/${account}`,
    rawQueryString: '',
    headers: { ...headers },
    pathParameters: { account },
    requestContext: { requestId: crypto.randomUUID(), http: { method: 'POST', path: '', sourceIp: '127.0.0.1' } },
    body,
    isBase64Encoded: false,
  };
}
