// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Fn::Sub writes its variables.
import { describe, expect, test } from 'vitest';
import { templateResolver, templateSchema } from './cloudformation/template.ts';
import { sameValue } from './dynamodb/same-value.ts';
import { matchesPattern } from './eventbridge/event-pattern.ts';
import { selectRoute } from './http-api/http-routes.ts';
import { parseSchedule } from './scheduler/schedule-expression.ts';

describe('a schedule expression', () => {
  const at = (text: string) => new Date(text);
  const next = (expression: string, now: string, timezone?: string) =>
    parseSchedule(expression, timezone).next(at(now), undefined)?.toISOString();

  test.each([
    ['cron(0 3 * * ? *)', '2026-05-01T03:00:00Z', '2026-05-02T03:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-05-01T03:01:00Z', '2026-05-01T03:15:00.000Z'],
    // The 3rd of May 2026 is a Sunday, weekday 1 for Scheduler.
    ['cron(30 6 ? * 1 *)', '2026-05-01T00:00:00Z', '2026-05-03T06:30:00.000Z'],
    ['cron(30 6 ? * MON-FRI *)', '2026-05-02T00:00:00Z', '2026-05-04T06:30:00.000Z'],
    ['cron(0 0 L * ? *)', '2026-02-10T00:00:00Z', '2026-02-28T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2030)', '2026-02-10T00:00:00Z', '2030-01-01T00:00:00.000Z'],
    ['at(2030-01-01T10:00:00)', '2026-02-10T00:00:00Z', '2030-01-01T10:00:00.000Z'],
  ])('%s fires when Scheduler would', (expression, now, expected) => {
    expect(next(expression, now)).toBe(expected);
  });

  test('honours its time zone', () => {
    expect(next('cron(0 3 * * ? *)', '2026-07-01T00:00:00Z', 'America/Denver')).toBe('2026-07-01T09:00:00.000Z');
  });

  test('of a rate counts from the last time, also when that was missed', () => {
    const rate = parseSchedule('rate(5 minutes)');
    const now = at('2026-01-01T00:00:00Z');
    expect(rate.next(now, undefined)).toEqual(now);
    expect(rate.next(now, at('2025-12-31T23:58:00Z'))).toEqual(at('2026-01-01T00:03:00Z'));
    expect(rate.next(now, at('2025-12-01T00:00:00Z'))).toEqual(now);
  });

  test.each(['every day', 'cron(0 3 * * *)', 'cron(99 3 * * ? *)', 'rate(1 fortnight)'])('%s is refused', (text) => {
    expect(() => parseSchedule(text)).toThrow(text);
  });
});

describe('an event pattern', () => {
  const event = { source: 'a', detail: { resource: 'leases', count: 5, tags: ['x', 'y'], note: null } };
  test.each([
    [{ source: ['a', 'b'] }, true],
    [{ source: ['b'] }, false],
    [{ detail: { resource: [{ prefix: 'lea' }] } }, true],
    [{ detail: { resource: [{ 'anything-but': ['leases'] }] } }, false],
    [{ detail: { count: [{ numeric: ['>', 3, '<=', 5] }] } }, true],
    [{ detail: { count: [{ numeric: ['>', 5] }] } }, false],
    [{ detail: { tags: ['y'] } }, true],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { missing: [{ exists: true }] } }, false],
    [{ detail: { note: [null] } }, true],
    [{ $or: [{ source: ['z'] }, { detail: { count: [5] } }] }, true],
  ])('%j matches: %s', (pattern, expected) => {
    expect(matchesPattern(pattern, event)).toBe(expected);
  });

  test('with an operator that is not supported is refused', () => {
    expect(() => matchesPattern({ source: [{ cidr: '10.0.0.0/8' }] }, event)).toThrow('cidr');
  });
});

test('the most specific route wins, then the method, then $default', () => {
  const keys = ['$default', 'ANY /{proxy+}', 'GET /a/{id}', 'ANY /a/b', 'GET /a/b', 'POST /a/{rest+}'];
  const routes = keys.map((routeKey) => ({ routeKey, target: undefined }));
  const chosen = (method: string, path: string) => selectRoute(routes, method, path)?.route.routeKey;
  expect(chosen('GET', '/a/b')).toBe('GET /a/b');
  expect(chosen('PUT', '/a/b')).toBe('ANY /a/b');
  expect(chosen('GET', '/a/c')).toBe('GET /a/{id}');
  expect(chosen('POST', '/a/c/d')).toBe('POST /a/{rest+}');
  expect(chosen('GET', '/z/y')).toBe('ANY /{proxy+}');
  expect(chosen('GET', '/')).toBe('$default');
});

test('attribute values are equal whatever the order of keys and sets', () => {
  expect(sameValue({ a: { SS: ['x', 'y'] }, b: { N: '1' } }, { b: { N: '1' }, a: { SS: ['y', 'x'] } })).toBe(true);
  expect(sameValue({ a: { L: [{ S: 'x' }, { S: 'y' }] } }, { a: { L: [{ S: 'y' }, { S: 'x' }] } })).toBe(false);
  expect(sameValue({ a: { S: '1' } }, { a: { N: '1' } })).toBe(false);
  expect(sameValue({ a: { S: '1' } }, { a: { S: '1' }, b: { S: '' } })).toBe(false);
});

describe('a template', () => {
  const resolver = templateResolver(
    templateSchema.parse({
      Parameters: { Stage: { Type: 'String', Default: 'dev' } },
      Mappings: { Sizes: { dev: { memory: 256 } } },
      Conditions: {
        IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
        IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
      },
      Resources: { Queue: { Type: 'AWS::SQS::Queue' } },
    }),
    {
      stackName: 'S',
      region: 'us-east-1',
      accountId: '000000000000',
      ref: (id) => `ref-${id}`,
      attribute: (id, name) => `${id}-${name}`,
      importValue: (name) => `import-${name}`,
    },
  );

  test.each([
    [{ 'Fn::Sub': 'a-${Stage}-${Queue.Arn}-${!Raw}-${AWS::Region}' }, 'a-dev-Queue-Arn-${Raw}-us-east-1'],
    [{ 'Fn::Sub': ['${x}/${Queue}', { x: { Ref: 'Stage' } }] }, 'dev/ref-Queue'],
    [{ 'Fn::Join': ['-', [{ Ref: 'Queue' }, 'b']] }, 'ref-Queue-b'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    [{ 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 256],
    [{ 'Fn::If': ['IsProd', 1, { 'Fn::ImportValue': 'x' }] }, 'import-x'],
    [{ a: { 'Fn::If': ['IsProd', 1, { Ref: 'AWS::NoValue' }] }, b: 1 }, { b: 1 }],
    [{ 'Fn::GetAtt': 'Queue.Arn' }, 'Queue-Arn'],
    [{ Condition: { StringEquals: { a: 'b' } } }, { Condition: { StringEquals: { a: 'b' } } }],
  ])('resolves %j', (value, expected) => {
    expect(resolver.resolve(value)).toEqual(expected);
  });

  test.each([
    [{ 'Fn::Transform': {} }, 'Fn::Transform'],
    [{ Ref: 'Nothing' }, 'Nothing'],
    ['{{resolve:ssm:x}}', 'dynamic references'],
  ])('refuses %j', (value, message) => {
    expect(() => resolver.resolve(value)).toThrow(message);
  });
});
