/** Entry of a process that is one environment of a function, as Lambda would start it. */
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { serve } from '../bench/processes/remote.ts';

export const invocation = z.object({ module: z.string(), traceHeader: z.string(), event: z.unknown() });

serve({
  async invoke(argument) {
    const { module, traceHeader, event } = invocation.parse(argument);
    process.env._X_AMZN_TRACE_ID = traceHeader;
    const { handler } = await import(pathToFileURL(module).href);
    const endsAt = Date.now() + 290_000;
    const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => endsAt - Date.now() };
    return handler(event, context);
  },
});
