import { jsonAnswer } from '../server/answer.ts';
import type { Endpoint, EndpointCall } from './endpoint.ts';
import { fieldsOf } from './endpoint.ts';

const path = '/accounting/settings';

const shown = ({ account }: EndpointCall) =>
  jsonAnswer(200, { settings: JSON.parse(account.speller.json(account.world.settings())) });

/** How the company books: whether bills have to be approved, among others. */
export const settings: readonly Endpoint[] = [
  { method: 'GET', path, answer: shown },
  {
    method: 'POST',
    path,
    answer(call) {
      const known = Object.entries(fieldsOf(call.body)).filter(([key]) => key in call.account.world.settings());
      call.account.world.changeSettings(
        Object.fromEntries(known.map(([key, value]) => [key, value === true || String(value) === '1'])),
      );
      return shown(call);
    },
  },
];
