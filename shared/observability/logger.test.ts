import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { capturedOutput } from '../../test/captured-output.ts';
import { UnavailableError } from '../errors.ts';
import { captureConsole } from './capture-console.ts';
import { createLogger, redactError, redactValue } from './logger.ts';
import { createRedactor } from './redact.ts';

const output = capturedOutput();

describe('the logger', () => {
  it('prints one JSON line with the given keys', () => {
    createLogger({ logLevel: 'INFO', serviceName: 'sync-worker' }).info('Page stored.', { account: 'acme', page: 3 });
    expect(output.lines()).toEqual([
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
    expect(output.lines()).toHaveLength(3);
    expect(output.text()).not.toMatch(/hunter|1970-01-02|aHVudGVy/);
    expect(output.lines()[0]).toMatchObject({ error: { name: 'Error', cause: { name: 'Error' } } });
    expect(output.lines()[1]).toMatchObject({ error: { code: 'UNAVAILABLE', retryable: true } });
  });

  it('is quiet outside Lambda unless something is wrong', () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', '');
    const logger = createLogger({ logLevel: 'WARN' });
    logger.info('Nothing to see.');
    expect(output.text()).toBe('');
  });
});

describe('debug lines', () => {
  it.each([
    ['of sampled invocations are printed', 1, ['DEBUG', 'INFO']],
    ['of all others are not', 0, ['INFO']],
  ])('%s, though Lambda lets all of them through', (_, sampleRateValue, levels) => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', 'DEBUG');
    const sampled = createLogger({ sampleRateValue });
    output.forget();
    sampled.debug('Rentvine was asked.', { resource: 'leases', status: 200 });
    sampled.info('A sync run succeeded.');
    expect(output.lines().map(({ level }) => level)).toEqual(levels);
  });
});

describe('what a library prints on the console', () => {
  it('becomes a line of the log, without secrets and personal fields', () => {
    redactValue('hunter6-hunter6');
    const target = { ...console };
    const logger = createLogger({ logLevel: 'INFO', serviceName: 'sync-worker' });
    logger.appendKeys({ account: 'acme' });
    captureConsole(target, logger, createRedactor());
    target.log('Sent %s with', 'hunter6-hunter6', { headers: { authorization: 'hunter7' } });
    target.warn(new Error('failed', { cause: { contact: { birthDate: 'hunter8' } } }));
    target.error("{ apiKey: 'hunter9' }");
    target.dir(new Map([['password', 'hunter10']]));
    target.debug('not wanted');
    expect(output.lines().map(({ level }) => level)).toEqual(['INFO', 'WARN', 'ERROR', 'INFO']);
    expect(output.lines()[0]).toMatchObject({ service: 'sync-worker', account: 'acme' });
    expect(output.lines()[0].message).toContain('Sent');
    expect(output.text()).not.toContain('hunter');
  });
});

describe('redactError', () => {
  it('cleans errors inside errors: several causes, errors as properties, one in a circle', () => {
    redactValue('hunter11-hunter11');
    const inner = Object.assign(new Error('hunter11-hunter11'), { response: { headers: { cookie: 'hunter12' } } });
    const several = new AggregateError([inner, new TypeError('hunter11-hunter11')], 'several');
    const error = Object.assign(new Error('outer', { cause: several }), { originalError: inner });
    inner.cause = error;
    redactError(error);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter');
    expect(several.errors[1]).toBeInstanceOf(TypeError);
  });

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
