import { inspect } from 'node:util';
import fc from 'fast-check';
import { HTTPError, type NormalizedOptions } from 'ky';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createRedactor } from './redact.ts';

const marker = 'MARKER-9f3c';

const sensitiveKeys = [
  'accessKey',
  'access_key',
  'secret',
  'API_KEY',
  'apiSecret',
  'Authorization',
  'signingKey',
  'signing_keys',
  'access_token',
  'password',
  'token',
  'birthDate',
  'birth_date',
  'BIRTHDATE',
  'identificationNumber',
  'identificationTypeID',
  'taxPayerName',
  'tax_payer_id',
  'achAccountNumberTruncated',
  'SSN_last4',
  "Driver's license",
  'monthlyIncome',
  'ACH_ACCOUNT_NUMBER_TRUNCATED',
];

const text = (redacted: unknown) => JSON.stringify(redacted) ?? '';

describe('a redactor', () => {
  it('never lets the value of a sensitive key through, at any depth, in objects, arrays, maps, errors and JSON text', () => {
    const leaf = fc.constantFrom<unknown>(marker, [marker], { inner: { deeper: marker } }, `a "quoted" ${marker}`);
    const labelled = fc.constantFrom('Date of birth', 'SSN_last4', 'Bank account');
    const planted = fc.oneof(
      fc.record({ key: fc.constantFrom(...sensitiveKeys), leaf }).map(({ key, leaf }) => ({ [key]: leaf })),
      fc.record({ label: labelled, value: leaf }),
      fc.record({ fieldName: labelled, fieldValue: leaf }),
    );
    const wrap = fc.constantFrom<(value: unknown) => unknown>(
      (value) => ({ row: value, other: 1 }),
      (value) => [1, value],
      (value) => new Map([['row', value]]),
      (value) => new Set([value]),
      (value) => Object.assign(new Error('failed'), { details: value }),
      (value) => new Error('outer', { cause: value }),
      (value) => new AggregateError([value], 'several'),
      (value) => ({ toJSON: () => value }),
      (value) => JSON.stringify(value) ?? '',
      (value) => `answered ${JSON.stringify(value)} with 400`,
      (value) => new Error(`answered ${JSON.stringify(value)}`),
    );
    fc.assert(
      fc.property(planted, fc.array(wrap, { maxLength: 4 }), (value, wraps) => {
        const wrapped = wraps.reduce<unknown>((inner, one) => one(inner), value);
        expect(text(createRedactor().value(wrapped))).not.toContain(marker);
      }),
      { numRuns: 2000 },
    );
  });

  it('never lets a remembered value through, in whatever text and spelling it appears', () => {
    const spelling = fc.constantFrom<(value: string) => string>(
      (value) => value,
      encodeURIComponent,
      (value) => JSON.stringify(value).slice(1, -1),
      (value) => Buffer.from(value).toString('base64'),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 40, unit: 'grapheme' }), spelling, (value, spell) => {
        const redactor = createRedactor();
        redactor.remember(value);
        const spelled = spell(value);
        const cause = { ['\u0001'.concat(spelled)]: spelled, list: [`\u0001${spelled}\u0001`] };
        const { message, cause: redactedCause } = Object(redactor.value(new Error(`\u0001${spelled}`, { cause })));
        expect(message).not.toContain(spelled);
        expect(Object.keys(redactedCause)[0]).not.toContain(spelled);
        expect(redactedCause.list[0]).not.toContain(spelled);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    'authorization: Basic QUtJQTpNQVJLRVItOWYzYw== was refused',
    'Bearer eyJhbGciOi.MARKER-9f3c.sig was refused',
    'https://acme.example/x?access_token=MARKER-9f3c&page=2',
    '{"contact":{"birthDate":"MARKER-9f3c',
    '"{\\"contact\\":{\\"password\\":\\"a \\\\\\" MARKER-9f3c\\"}}"',
    "{ 'apiKey': 'MARKER-9f3c' }",
    "Map(1) { 'birthDate' => 'MARKER-9f3c' }",
    "{ contact: { taxPayerName: 'MARKER-9f3c' }, n: 1 }",
    "{ signingKeys: [ 'a', 'MARKER-9f3c' ] }",
    'https://user:MARKER-9f3c@acme.example/api/manager refused',
    '[{"path":["contact","birthDate"],"message":"wrong","input":"MARKER-9f3c"}]',
  ])('cleans text that a library wrote: %s', (line) => {
    expect(createRedactor().text(line)).not.toMatch(/MARKER|QUtJQTpN/);
  });

  it.each<[string, () => unknown]>([
    ['a Map', () => new Map([['birthDate', marker]])],
    ['a Set of objects', () => new Set([{ taxPayerName: marker }])],
    ['a Buffer', () => ({ raw: Buffer.from(marker) })],
    ['a URL', () => new URL(`https://user:${marker}@acme.example/?token=${marker}`)],
    ['search parameters', () => new URLSearchParams({ api_key: marker, page: '1' })],
    ['Headers', () => new Headers({ authorization: `Basic ${marker}`, 'x-api-key': marker })],
    [
      'a zod error that repeats its input',
      () => z.object({ birthDate: z.iso.date() }).safeParse({ birthDate: marker }, { reportInput: true }).error,
    ],
    [
      'issues of zod',
      () =>
        z
          .object({ contact: z.object({ ssn: z.number() }) })
          .safeParse({ contact: { ssn: marker } }, { reportInput: true }).error?.issues,
    ],
    [
      'an error of ky',
      () =>
        Object.assign(
          new HTTPError(
            new Response(marker),
            new Request('https://a.example', { headers: { authorization: `Bearer ${marker}` } }),
            {} as NormalizedOptions,
          ),
          { data: { birthDate: marker } },
        ),
    ],
    [
      'an error of an AWS client',
      () =>
        Object.assign(new Error('denied'), {
          $response: { headers: { authorization: marker }, body: { SecretString: marker } },
          Item: { birthDate: { S: marker } },
        }),
    ],
    [
      'a suppressed error',
      () =>
        new SuppressedError(
          new Error('close', { cause: { birthDate: marker } }),
          new Error('work', { cause: { apiKey: marker } }),
        ),
    ],
    [
      'what Node prints of an object',
      () => inspect({ contact: { achAccountNumberTruncated: marker, list: new Map([['birthDate', marker]]) } }),
    ],
  ])('never lets a marker through that is in %s', (_, make) => {
    expect(inspect(make(), { depth: 9, showHidden: true })).toMatch(/MARKER|4d 41 52 4b/);
    const written = text(createRedactor().value(make()));
    expect(written).not.toMatch(/MARKER|TUFSS0VS|77,65,82,75/);
    expect(written.length).toBeGreaterThan(2);
  });

  it.each([
    ['backslashes', '\\\\'],
    ['quotes behind backslashes', '\\\\"'],
    ['quotes', `"'`],
    ['colons of an address', ':', 'https://'],
    ['values of a label', 'value', '"label":"Date of birth","'],
    ['names of a label', 'name', '"'],
    ['blanks behind a key', ' ', '"token"'],
    ['bare keys', 'token: '],
    ['quoted keys', '"token":'],
    ['quoted keys with open values', '"token":"\\\\'],
    ['assignments', 'a='],
    ['schemes', 'Basic '],
    ['letters behind a scheme', 'a', 'Basic '],
    ['dollars', '$'],
    ['opened braces', '{"a":'],
    ['opened brackets', '['],
  ])(
    'takes a time in proportion to the length of a text of %s',
    (_, unit, start = '') => {
      // Where each character is looked at again from each other, this takes minutes.
      createRedactor().text(start + unit.repeat(400_000 / unit.length));
    },
    20_000,
  );

  it('leaves everything else readable', () => {
    const line = {
      account: 'acme',
      page: 3,
      done: true,
      nothing: null,
      at: new Date(0),
      note: 'The secret aictive/dev/rentvine/acme is missing; Basic authentication is used.',
      wrong: 'The secret of account acme is wrong: auth.secret: must not be empty; webhook.signingKeys: Invalid input',
      url: 'https://acme.rentvine.com/api/manager/leases/export?page=2',
      webhook: '{"objectId":"7","rent":"1250.00"}',
    };
    expect(createRedactor().value(line)).toEqual({ ...line, at: '1970-01-01T00:00:00.000Z' });
  });

  it('never throws, whatever it is given', () => {
    const circular: Record<string, unknown> = { name: 'loop' };
    circular.self = circular;
    const hostile = {
      get bad(): never {
        throw new Error('no');
      },
    };
    const odd = [circular, hostile, 10n, Symbol('x'), () => 1, new Date(Number.NaN), Object.create(null), '[', '{"a":'];
    for (const value of [...odd, odd]) expect(() => JSON.stringify(createRedactor().value(value))).not.toThrow();
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => createRedactor().value(value)).not.toThrow();
      }),
    );
  });
});
