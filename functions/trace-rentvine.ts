import { asSubsegment } from '#tracing';
import type { TraceCall } from '../shared/rentvine/client.ts';

/**
 * Shows each attempt at calling Rentvine in the trace: whose, of which resource, and what came back. Neither the address,
 * which holds ids, nor anything that was said.
 */
export const traceRentvine =
  (account: string): TraceCall =>
  (resource, send) =>
    asSubsegment('Rentvine', { account, resource }, async (segment) => {
      const answer = await send();
      const status = 'status' in answer ? answer.status : undefined;
      segment?.addMetadata('status', status ?? 'none');
      segment?.markRemote(status);
      return answer;
    });
