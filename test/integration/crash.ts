import type { ServiceRequest } from '../../infra/local/intercept.ts';
import type { Company } from './company.ts';
import { eventually } from './eventually.ts';
import type { WorkerInvocation } from './harness.ts';

/** What a worker asks of AWS on behalf of an account: keys, secrets' names and messages all name it. */
export const isFor = ({ account }: Company, { body }: ServiceRequest): boolean =>
  JSON.stringify(body).includes(account);

/** Counts what the account's worker asks of DynamoDB and SQS until stopped. */
export function countRequests(company: Company): { stop(): number } {
  let count = 0;
  const stop = company.harness.intercept((request) => {
    if (isFor(company, request)) count += 1;
    return undefined;
  });
  return {
    stop() {
      stop();
      return count;
    },
  };
}

export interface Crash {
  /** The invocation that was ended, once one was. */
  happened(): WorkerInvocation | undefined;
  /** Waits for it. */
  readonly moment: () => Promise<WorkerInvocation>;
  /** Nothing crashes any more. */
  end(): void;
}

/**
 * Ends the worker's environment at the moment of a request to DynamoDB or SQS, which is then not carried out; once.
 *
 * @param when whether it is this one
 */
export function crashAt(company: Company, when: (request: ServiceRequest) => boolean): Crash {
  const { harness } = company;
  let current: WorkerInvocation | undefined;
  let crashed: WorkerInvocation | undefined;
  const stopWatching = harness.onWorker((invocation) => {
    if (invocation.job.account === company.account) current = invocation;
  });
  const stopIntercepting = harness.intercept((request) => {
    if (!isFor(company, request)) return undefined;
    if (crashed === undefined) {
      if (current === undefined || !when(request)) return undefined;
      crashed = current;
      crashed.kill();
    }
    // What the dying environment still asks for is not carried out either.
    return { status: 500, type: 'InternalServerError', message: 'The caller is gone.' };
  });
  const end = () => {
    stopWatching();
    stopIntercepting();
  };
  return {
    happened: () => crashed,
    async moment() {
      const invocation = await eventually(`a crash of the worker of ${company.account}`, () => crashed);
      end();
      return invocation;
    },
    end,
  };
}

/** The same at the n-th request, from 1. */
export function crashAtRequest(company: Company, n: number): Crash {
  let count = 0;
  return crashAt(company, () => {
    count += 1;
    return count === n;
  });
}
