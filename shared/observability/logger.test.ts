import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnavailableError } from '../errors.ts';
import { createLogger, redactError, redactValue } from './logger.ts';

let written: string[];

const capture = (chunk: unknown): boolean => {
  written.push(String(chunk));
  return true;
};

beforeEach(() => {
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation(capture);
  vi.spyOn(process.stderr, 'write').mockImplementation(capture);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const lines = () =>
  written
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('the logger', () => {
  it('prints one JSON line with the given keys', () => {
    createLogger({ logLevel: 'INFO', serviceName: 'sync-worker' }).info('Page stored.', { account: 'acme', page: 3 });
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'Page stored.',
        service: 'sync-worker',
        account: 'acme',
        page: 3,
      }),
    ]);
  });

  it('redacts sensitive keys and registered values in messages, extra keys, appended keys, errors and children', () => {
    redactValue('hunter2-hunter2');
    const logger = createLogger({ logLevel: 'INFO' });
    logger.appendKeys({ headers: { authorization: 'Basic aHVudGVyMg==' } });
    const cause = new Error('POST {"apiSecret":"hunter3-hunter3"} failed');
    logger.error('The key hunter2-hunter2 was refused.', { error: new Error('hunter2-hunter2', { cause }) });
    logger.warn(
      'And again.',
      new UnavailableError('hunter2-hunter2', { cause: { contact: { birthDate: '1970-01-02' } } }),
    );
    logger
      .createChild()
      .error('Child.', { contacts: [{ tax_payer_name: 'hunter4-hunter4' }], tail: 'hunter2-hunter2' });
    expect(lines()).toHaveLength(3);
    expect(written.join('')).not.toMatch(/hunter|1970-01-02|aHVudGVy/);
    expect(lines()[0]).toMatchObject({ error: { name: 'Error', cause: { name: 'Error' } } });
    expect(lines()[1]).toMatchObject({ error: { code: 'UNAVAILABLE', retryable: true } });
  });

  it('is quiet outside Lambda unless something is wrong', () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', '');
    const logger = createLogger({ logLevel: 'WARN' });
    logger.info('Nothing to see.');
    expect(written).toEqual([]);
  });
});

describe('redactError', () => {
  it('cleans an error, its stack, its properties and its causes in place and keeps its class', () => {
    redactValue('hunter5-hunter5');
    const cause = Object.assign(new Error('hunter5-hunter5'), { request: { headers: { authorization: 'x' } } });
    const error = new UnavailableError('GET hunter5-hunter5 failed', { cause });
    redactError(error);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error.message).toBe('GET [redacted] failed');
    expect(`${error.stack}${cause.message}${cause.stack}`).not.toContain('hunter5');
    expect(cause.request.headers.authorization).toBe('[redacted]');
  });
});
