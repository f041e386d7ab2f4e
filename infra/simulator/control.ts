import * as z from 'zod';
import type { Account } from './account.ts';
import { downSpec, driftSpec, faultSpec } from './faults/fault-specs.ts';
import type { Faults } from './faults/faults.ts';
import type { WireObject } from './generator/wire-object.ts';
import { isWireObject } from './generator/wire-object.ts';
import type { RequestLog } from './request-log.ts';
import { isResourceName } from './resources/catalogue.ts';
import { type Answer, jsonAnswer, message, notFound } from './server/answer.ts';
import { resourceName } from './ways.ts';

/** Below this path a separate process controls the simulator. Needs no credentials: the server listens locally. */
export const controlPath = '/__simulator';

export interface Controlled {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly faults: Faults;
  readonly requests: RequestLog;
  setClockOffset(offsetMs: number): void;
}

/** What the control path offers, as its own answer to `GET /__simulator`. */
export const controlHelp = [
  'GET|POST|DELETE /__simulator/faults           list, add ({"kind":"rateLimit","probability":0.1,...}), clear all',
  'DELETE /__simulator/faults/<id>               remove one fault or drift',
  'POST /__simulator/drift                       {"resource":"leases","kind":"delete","everyPages":2,"count":1}',
  'POST /__simulator/down                        true | false | {"forMs":5000}',
  'POST /__simulator/clock                       {"offsetMs":3600000}: how far the clock is off',
  'GET|DELETE /__simulator/requests              what was asked so far; forget it',
  'POST /__simulator/tick                        {"account":"acme","count":10}: let things happen',
  'GET|POST /__simulator/world/<account>/<resource>               all objects; create one',
  'GET|POST|DELETE /__simulator/world/<account>/<resource>/<id>   its row; change it; delete it',
  'POST /__simulator/world/<account>/transactions/<id>/void       void a transaction',
  'POST /__simulator/accounts/<account>/revoke | restore | expire-tokens',
  'POST /__simulator/accounts/<account>/forbid   {"resources":["transactions"]}: 403 for these, and only these',
  'GET|POST /__simulator/accounts/<account>/ways how its server behaves; {"gone":"text404","listEnd":"lastPage"} changes it',
];

const tickBody = z.object({ account: z.string().optional(), count: z.int().min(1).max(100_000).default(1) });
const clockBody = z.object({ offsetMs: z.number() });
const forbidBody = z.object({ resources: z.array(resourceName) });

/** Answers one request to the control path; 400 with the reason for a body that does not fit. */
export function control(target: Controlled, method: string, path: string, body: unknown): Answer {
  const [section = '', ...rest] = path.slice(controlPath.length + 1).split('/');
  try {
    return handle(target, `${method} ${section}`, rest, body) ?? notFound();
  } catch (error) {
    if (error instanceof z.ZodError) return message(400, z.prettifyError(error));
    if (error instanceof RangeError) return message(400, error.message);
    throw error;
  }
}

function handle(target: Controlled, request: string, rest: readonly string[], body: unknown): Answer | undefined {
  const { accounts, faults, requests } = target;
  switch (request) {
    case 'GET ':
      return jsonAnswer(200, { accounts: [...accounts.keys()], control: controlHelp });
    case 'GET faults':
      return jsonAnswer(200, faults.list());
    case 'POST faults':
      return jsonAnswer(200, { id: faults.add(faultSpec.parse(body)) });
    case 'DELETE faults':
      if (rest[0] === undefined) faults.clear();
      else if (!faults.remove(rest[0])) return undefined;
      return done();
    case 'POST drift':
      return jsonAnswer(200, { id: faults.drift(driftSpec.parse(body)) });
    case 'POST down':
      faults.down(downSpec.parse(body));
      return done();
    case 'POST clock':
      target.setClockOffset(clockBody.parse(body).offsetMs);
      return done();
    case 'GET requests':
      return jsonAnswer(200, {
        byRoute: requests.byRoute(),
        accounts: Object.fromEntries(
          [...accounts.keys()].map((name) => [
            name,
            { maxInFlight: requests.maxInFlight(name), timestamps: requests.timestamps(name) },
          ]),
        ),
      });
    case 'DELETE requests':
      requests.reset();
      return done();
    case 'POST tick':
      return tick(accounts, body);
    case 'GET accounts':
      return rest[1] === 'ways' ? jsonAnswer(200, accounts.get(rest[0] ?? '')?.ways) : undefined;
    case 'POST accounts':
      return accountAction(accounts.get(rest[0] ?? ''), rest[1], body);
    case 'GET world':
    case 'POST world':
    case 'DELETE world':
      return worldAction(accounts.get(rest[0] ?? ''), request.split(' ')[0] ?? '', rest.slice(1), body);
    default:
      return undefined;
  }
}

const done = (): Answer => jsonAnswer(200, { ok: true });

function tick(accounts: Controlled['accounts'], body: unknown): Answer | undefined {
  const { account: name, count } = tickBody.parse(body ?? {});
  const account = name === undefined ? [...accounts.values()][0] : accounts.get(name);
  if (account === undefined) return undefined;
  const changes = Array.from({ length: count }, () => account.world.tick()).flat();
  return jsonAnswer(
    200,
    changes.map(({ resource, id, type }) => ({ resource, id, type })),
  );
}

function accountAction(account: Account | undefined, action: string | undefined, body: unknown): Answer | undefined {
  if (account === undefined) return undefined;
  if (action === 'revoke') account.authentication.revoke();
  else if (action === 'restore') account.authentication.restore();
  else if (action === 'expire-tokens') account.authentication.expireTokens();
  else if (action === 'forbid') {
    account.behave({ forbidden: forbidBody.parse(body).resources });
  } else if (action === 'ways') {
    account.behave(z.looseObject({}).parse(body));
    return jsonAnswer(200, account.ways);
  } else return undefined;
  return done();
}

function worldAction(
  account: Account | undefined,
  method: string,
  [resource = '', idText, action]: readonly string[],
  body: unknown,
): Answer | undefined {
  if (account === undefined || !isResourceName(resource)) return undefined;
  const { world } = account;
  if (idText === undefined) {
    if (method === 'GET') return jsonAnswer(200, world.all(resource));
    return method === 'POST' ? jsonAnswer(200, world.create(resource, fieldsOf(body))) : undefined;
  }
  const id = Number(idText);
  if (method === 'GET') {
    const row = world.row(resource, id);
    return row && jsonAnswer(200, row);
  }
  if (method === 'DELETE') return world.delete(resource, id) ? done() : undefined;
  if (action === 'void') return resource === 'transactions' ? jsonAnswer(200, world.voidTransaction(id)) : undefined;
  return jsonAnswer(200, world.update(resource, id, fieldsOf(body)));
}

function fieldsOf(body: unknown): WireObject {
  if (!isWireObject(body)) throw new RangeError('The body must be a JSON object with the fields of the object.');
  return body;
}
