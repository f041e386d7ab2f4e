import { AuthenticationError, ContractError, NotFoundError, UnavailableError } from '../../errors.ts';
import type { RentvineClient } from '../client.ts';

/** A stubbed client's `tryOne`, made of its `readOne`: what that throws becomes the kind of answer that it stands for. */
export const tryOneBy =
  (readOne: RentvineClient['readOne']): RentvineClient['tryOne'] =>
  async (resource, id, fields) => {
    try {
      return { kind: 'there', answer: await readOne(resource, id, fields) };
    } catch (error) {
      const times = { requestedAt: new Date(), answeredAt: new Date() };
      return { kind: 'other', answerKind: `${kindOf(error)} 00000000`, ...times };
    }
  };

function kindOf(error: unknown): string {
  if (error instanceof NotFoundError) return error.asHtml ? '404 html' : '404 json';
  if (error instanceof AuthenticationError && error.status === 403) return '403 json';
  if (error instanceof ContractError) return '400 json';
  if (error instanceof UnavailableError) return '503 html';
  throw error;
}
