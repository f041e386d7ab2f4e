import { type DeadLetter, listDeadLetters } from '../../../shared/store/dead-letters.ts';
import type { Table } from '../../../shared/store/dynamo-table.ts';
import type { DeadLetterView } from '../view.ts';

/** Dead letters that wait for somebody, the latest first. Without what was in them. */
export async function collectDeadLetters(state: Table): Promise<DeadLetterView[]> {
  return (await listDeadLetters(state)).map(viewOf);
}

/** What happened to it, and nothing of what was in it. */
function viewOf(letter: DeadLetter): DeadLetterView {
  const { id, status, source, account, resource, code, message, keptAt, lastFailedAt, receiveCount, redrives } = letter;
  const { correlationId } = letter;
  return {
    id,
    status,
    source,
    account,
    resource,
    code,
    message,
    keptAt,
    lastFailedAt,
    receiveCount,
    redrives,
    correlationId,
  };
}
