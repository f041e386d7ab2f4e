import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../environment.ts';
import { environmentSchema } from './environment.ts';

describe('a function environment', () => {
  const worker = {
    STAGE: 'dev',
    SECRET_PREFIX: 'aictive/dev/rentvine/',
    STATE_TABLE: 'state',
    RECORDS_TABLE: 'records',
    SYNC_JOBS_QUEUE_URL: 'http://localhost:4566/000000000000/sync-jobs.fifo',
    SYNC_JOBS_DEAD_LETTERS_URL: 'http://localhost:4566/000000000000/sync-jobs-dlq.fifo',
  };

  it('carries the sync settings in one variable', () => {
    const environment = readEnvironment(environmentSchema, { ...worker, SYNC_SETTINGS: '{"pageSize":100}' });
    expect(environment.SYNC_SETTINGS).toMatchObject({ pageSize: 100, maxInFlight: 4 });
  });

  it.each([
    [{ ...worker }, 'SYNC_SETTINGS'],
    [{ ...worker, SYNC_SETTINGS: 'pageSize=1' }, 'SYNC_SETTINGS'],
    [{ ...worker, SYNC_SETTINGS: '{"pageSize":"x"}' }, 'SYNC_SETTINGS.pageSize'],
    [{ ...worker, SYNC_SETTINGS: '{}', STAGE: 'Dev' }, 'STAGE'],
  ])('%j is refused, naming %s', (environment, key) => {
    expect(() => readEnvironment(environmentSchema, environment)).toThrow(`${key}: `);
  });

  it('names every missing variable at once', () => {
    expect(() => readEnvironment(environmentSchema, {})).toThrow(
      /STAGE.*SECRET_PREFIX.*SYNC_JOBS_QUEUE_URL.*STATE_TABLE/,
    );
  });
});
