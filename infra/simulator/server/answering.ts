import type { IncomingHttpHeaders } from 'node:http';
import type { Account } from '../account.ts';
import type { Clock } from '../clock.ts';
import type { UploadedFile } from '../endpoints/endpoint.ts';
import type { Fault, FaultOf } from '../faults/fault-specs.ts';
import type { FaultBook } from '../faults/faults.ts';
import type { RequestInfo } from '../request-log.ts';
import { resourceByName } from '../resources/catalogue.ts';
import {
  forbidden,
  htmlPage,
  invalid,
  jsonAnswer,
  message,
  notFound,
  type Outcome,
  tooManyRequests,
  unauthorized,
} from './answer.ts';
import { InvalidRequest } from './field-errors.ts';
import { type ReadContext, readList, readOne } from './reads.ts';
import type { Route } from './routes.ts';
import { createOne, updateOne, type WriteOptions } from './writes.ts';

/** One request with everything its answer depends on. */
export interface Call {
  readonly account: Account;
  readonly route: Route | undefined;
  readonly info: RequestInfo;
  readonly body: unknown;
  readonly file: UploadedFile | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly faults: FaultBook;
  /** The faults that this request gets. */
  readonly due: readonly Fault[];
  readonly options: WriteOptions;
  readonly seed: number;
  readonly clock: Clock;
}

/** What the server answers, or does instead of answering. */
export function answerRequest(call: Call): Outcome {
  const { due, faults, clock } = call;
  if (faults.isDown()) return message(503, 'Service Unavailable');
  for (const fault of due) {
    const instead = replacement(fault, clock);
    if (instead !== undefined) return instead;
  }
  const outcome = genuine(call);
  if (typeof outcome === 'string') return outcome;
  if (due.some(({ kind }) => kind === 'dropMidBody')) return { ...outcome, dropMidBody: true };
  if (!due.some(({ kind }) => kind === 'truncate')) return outcome;
  return { ...outcome, body: outcome.body.slice(0, Math.floor(outcome.body.length / 2)) };
}

function replacement(fault: Fault, clock: Clock): Outcome | undefined {
  switch (fault.kind) {
    case 'rateLimit':
      return tooManyRequests(retryAfter(fault, clock));
    case 'status':
      return message(fault.status, 'Something went wrong');
    case 'html':
      return htmlPage(fault.status);
    case 'hang':
    case 'drop':
      return fault.kind;
    case 'unauthorized':
      return unauthorized();
    case 'forbidden':
      return forbidden();
    default:
      return undefined;
  }
}

function retryAfter({ retryAfter: seconds, as }: FaultOf<'rateLimit'>, clock: Clock): string | undefined {
  if (seconds === null) return undefined;
  return as === 'seconds' ? String(seconds) : new Date(clock() + seconds * 1000).toUTCString();
}

/** The answer of a server that works. */
function genuine({ account, route, info, body, file, headers, faults, due, options, seed }: Call): Outcome {
  if (route?.kind === 'token') {
    const token = account.authentication.issueToken(body);
    return token === undefined ? unauthorized() : jsonAnswer(200, { access_token: token, token_type: 'Bearer' });
  }
  if (!account.authentication.accepts(headers)) return unauthorized();
  if (route === undefined) return notFound();
  const context: ReadContext = {
    seed,
    query: info.query,
    requestNumber: info.number,
    faults: due,
    drifts: faults.driftsFor(info),
  };
  try {
    if (route.kind === 'endpoint') {
      const { parameters } = route;
      const { query } = info;
      return route.endpoint.answer({
        account,
        parameters,
        query,
        body,
        file,
        served: (name, id) =>
          readOne(account, { kind: 'one', resource: resourceByName(name), id, parents: {} }, context),
      });
    }
    if (account.ways.absent.includes(route.resource.name)) return notFound();
    if (account.ways.forbidden.includes(route.resource.name)) return forbidden();
    if (route.kind === 'list') return readList(account, route, context);
    if (route.kind === 'create') {
      const id = createOne(account, route, body);
      return readOne(account, { ...route, kind: 'one', id }, context);
    }
    if (info.method === 'DELETE') return deleteOne(account, route, context);
    if (info.kind === 'write') updateOne(account, route, body, options);
    return readOne(account, route, context);
  } catch (error) {
    if (error instanceof InvalidRequest) return invalid(error.errors);
    throw error;
  }
}

function deleteOne(account: Account, route: Route & { kind: 'one' }, context: ReadContext): Outcome {
  const answer = readOne(account, route, context);
  return answer.status === 200 && account.world.delete(route.resource.name, route.id) ? jsonAnswer(200, {}) : answer;
}
