import type { ServiceFault, ServiceRequest } from '../../infra/local/intercept.ts';
import type { Random } from '../../infra/simulator/generator/random.ts';

/** Share of a function's invocations that are to die; by the last part of its name. */
const deadly: Readonly<Record<string, number>> = {
  'webhook-receiver': 0.02,
  'webhook-processor': 0.1,
  'sync-worker': 0.2,
  'change-publisher': 0.04,
  'sync-planner': 0.1,
  'dead-letter-keeper': 0.2,
};
/** Share of requests to AWS that are refused though their caller lives. */
const refused = 0.005;
/** An invocation dies at one of its first requests to AWS. */
const latestRequest = 6;

const serviceFailures: Readonly<Record<string, readonly ServiceFault[]>> = {
  dynamodb: [
    { status: 400, type: 'ProvisionedThroughputExceededException', message: 'The level of throughput was exceeded.' },
    { status: 500, type: 'InternalServerError', message: 'Could not complete the request.' },
  ],
  sqs: [{ status: 503, type: 'ServiceUnavailable', message: 'The service is not available.' }],
  events: [{ status: 500, type: 'InternalException', message: 'An internal error occurred.' }],
};
const callerIsGone: ServiceFault = { status: 500, type: 'InternalServerError', message: 'The caller is gone.' };

interface Invocation {
  readonly functionName: string;
  kill(): boolean;
}

/** Deaths of functions and failures of AWS, at random. */
export interface Calamities {
  invoked(invocation: Invocation): void;
  intercept(request: ServiceRequest): ServiceFault | undefined;
  /** Invocations that died before their end, by function. */
  readonly deaths: ReadonlyMap<string, number>;
  /** Requests to AWS that failed. */
  readonly failures: number;
  end(): void;
}

/**
 * Ends invocations at their start or at the moment of some request to AWS, which is then carried out or not. Whose
 * request it is cannot be seen from outside, so it may be another one's, who gets to see an error.
 */
export function makeCalamities(random: Random): Calamities {
  const deaths = new Map<string, number>();
  let doomed: { readonly invocation: Invocation; requestsLeft: number }[] = [];
  let failures = 0;
  let ended = false;

  function end({ functionName, kill }: Invocation): boolean {
    const died = kill();
    if (died) deaths.set(functionName, (deaths.get(functionName) ?? 0) + 1);
    return died;
  }

  return {
    deaths,
    get failures() {
      return failures;
    },
    invoked(invocation) {
      const share = Object.entries(deadly).find(([name]) => invocation.functionName.endsWith(`-${name}`))?.[1] ?? 0;
      if (ended || random() >= share) return;
      const requestsLeft = Math.floor(random() * (latestRequest + 1));
      if (requestsLeft === 0) end(invocation);
      else doomed.push({ invocation, requestsLeft });
    },
    intercept({ service }) {
      if (ended) return undefined;
      for (const each of doomed) each.requestsLeft -= 1;
      const due = doomed.filter(({ requestsLeft }) => requestsLeft === 0);
      doomed = doomed.filter(({ requestsLeft }) => requestsLeft > 0);
      const died = due.filter(({ invocation }) => end(invocation)).length > 0;
      const possible = serviceFailures[service] ?? [];
      const fault = died
        ? random() < 0.5
          ? callerIsGone
          : undefined
        : random() < refused
          ? possible[Math.floor(random() * possible.length)]
          : undefined;
      if (fault !== undefined) failures += 1;
      return fault;
    },
    end() {
      ended = true;
      doomed = [];
    },
  };
}
