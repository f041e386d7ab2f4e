import { asSubsegment, type Subsegment } from '../shared/observability/tracer.ts';
import type { TraceCall } from '../shared/rentvine/client.ts';

/**
 * Shows each attempt at calling Rentvine in the trace: whose, of which resource, and what came back. Neither the address,
 * which holds ids, nor anything that was said.
 */
export const traceRentvine =
  (account: string): TraceCall =>
  (resource, send) =>
    asSubsegment('Rentvine', { account, resource }, async (segment) => {
      segment?.addAttribute('namespace', 'remote');
      const answer = await send();
      const status = 'status' in answer ? answer.status : undefined;
      segment?.addMetadata('status', status ?? 'none');
      if (segment !== undefined) flag(segment, status);
      return answer;
    });

/** As X-Ray counts: a 4xx is the caller's error, a 429 a throttle besides, and a 5xx or no answer the server's fault. */
function flag(segment: Subsegment, status: number | undefined): void {
  if (status === undefined || status >= 500) segment.addFaultFlag();
  else if (status >= 400) segment.addErrorFlag();
  if (status === 429) segment.addThrottleFlag();
}
