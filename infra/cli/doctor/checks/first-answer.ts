import { resources } from '../../../../shared/rentvine/resources/catalogue.ts';
import type { Answer, RentvineProbe } from '../rentvine-probe.ts';

/** The answer to the first list, which tells whether anybody is there and lets us in. */
export async function firstAnswer(probe: RentvineProbe): Promise<Answer> {
  const [first] = resources;
  return first === undefined ? { kind: 'notAsked', why: 'there is no resource' } : probe.list(first.name);
}
