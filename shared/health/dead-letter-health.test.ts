import { expect, it } from 'vitest';
import { emptyTables } from '../../test/local-tables.ts';
import { claimRedrive, discardDeadLetter, keepDeadLetter } from '../store/dead-letters.ts';
import { readDeadLetterHealth } from './dead-letter-health.ts';

const tables = emptyTables();

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));
const keep = (id: string, source: string, minute: number) =>
  keepDeadLetter(
    tables.state,
    {
      id,
      source,
      deadLetterQueue: 'q',
      code: 'UNKNOWN',
      message: 'm',
      firstFailedAt: at(0).toISOString(),
      lastFailedAt: at(0).toISOString(),
      receiveCount: 5,
      attributes: {},
      target: { kind: 'queue', queueUrl: 'https://queue' },
      body: '{}',
    },
    at(minute),
  );

it('counts the dead letters that wait for an operator, and tells since when', async () => {
  await expect(readDeadLetterHealth(tables.state)).resolves.toEqual([]);
  await keep('1', 'webhook-events', 20);
  await keep('2', 'webhook-events', 10);
  await keep('3', 'webhook-events', 30);
  await keep('4', 'sync-jobs', 40);
  await keep('5', 'sync-jobs', 5);
  await keep('6', 'change-events', 1);
  // One that is being put back still waits: whoever does it may have died.
  await claimRedrive(tables.state, '2', 'ann', at(50));
  for (const id of ['5', '6']) await discardDeadLetter(tables.state, id, { operator: 'ann', reason: 'old' }, at(50));
  await expect(readDeadLetterHealth(tables.state)).resolves.toEqual([
    { source: 'sync-jobs', count: 1, oldestKeptAt: at(40).toISOString() },
    { source: 'webhook-events', count: 3, oldestKeptAt: at(10).toISOString() },
  ]);
});
