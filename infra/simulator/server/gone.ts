import type { SimulatedResource } from '../resources/resource.ts';
import type { GoneSound } from '../ways.ts';
import { type Answer, forbidden, invalid, jsonAnswer, message, notFound } from './answer.ts';

const text = (status: number, body: string, contentType = 'text/plain; charset=UTF-8'): Answer => ({
  status,
  body,
  contentType,
});

/** The ways in which servers have been met to say that there is no such object. None of them repeats the id. */
export function goneAnswer(sound: GoneSound, { rowKey, idKey }: SimulatedResource): Answer {
  const noun = `${rowKey.charAt(0).toUpperCase()}${rowKey.slice(1)}`;
  switch (sound) {
    case 'json404':
      return notFound();
    case 'text404':
      return text(404, 'Not Found');
    case 'fieldErrors':
      return invalid({ [idKey]: [`${noun} not found`] });
    case 'json403':
      return forbidden();
    case 'json410':
      return message(410, 'Gone');
    case 'empty500':
      return text(500, '');
    case 'null':
      return jsonAnswer(200, null);
    case 'emptyObject':
      return jsonAnswer(200, {});
    case 'errorBody':
      return jsonAnswer(200, { error: { code: 'not_found', message: `${noun} not found` } });
    case 'sentence':
      return text(400, `The ${rowKey} you asked for could not be found.`, 'text/html; charset=UTF-8');
  }
}
