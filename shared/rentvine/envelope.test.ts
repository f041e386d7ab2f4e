import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContractError } from '../errors.ts';
import { listRows, singleRow } from './envelope.ts';
import { leases } from './resources/leases.ts';
import { workOrders } from './resources/work-orders.ts';

describe('a list', () => {
  test.each([
    ['a bare array', [1, 2]],
    ['data', { data: [1, 2] }],
    ['results', { results: [1, 2], meta: { page: 1 } }],
    ['data beside no errors', { data: [1, 2], errors: [], error: null }],
  ])('is found in %s', (_, body) => {
    expect(listRows(leases, body)).toEqual([1, 2]);
  });

  test.each([
    ['two lists', { data: [], results: [] }],
    ['a list beside errors', { data: [], errors: [{}] }],
    ['a list beside an error', { results: [], error: 'denied' }],
    ['a list by another name', { leases: [] }],
    ['an envelope in an envelope', { data: { data: [] } }],
    ['an object of rows', { '300': { lease: {} } }],
  ])('is not found in %s', (_, body) => {
    expect(() => listRows(leases, body)).toThrow(ContractError);
  });

  test('of any other shape is an error that names keys, few and short, and no values', () => {
    const keys = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.constantFrom('PRIVATE', 'PRIVATE-1', 'PRIVATE@example.com', 'errors[0].PRIVATE'),
    );
    const noList = fc.dictionary(keys, fc.constant('PRIVATE'), { maxKeys: 60 });
    fc.assert(
      fc.property(fc.oneof(noList, fc.constant('PRIVATE'), fc.double(), fc.constant(null)), (body) => {
        let message = '';
        try {
          listRows(leases, body);
        } catch (error) {
          expect(error).toBeInstanceOf(ContractError);
          message = String(error);
        }
        expect(message).not.toBe('');
        expect(message).not.toContain('PRIVATE');
        expect(message.length).toBeLessThan(600);
      }),
    );
  });
});

test.each<[Record<string, unknown>, string]>([
  [
    Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`row${index}`, {}])),
    'an object with 500 unknown keys',
  ],
  [{ '123-45-6789': {}, '987-65-4321': {} }, 'an object with 2 unknown keys'],
  [{ 'ada@example.com': [], rows: [] }, 'an object with rows and an unknown key'],
  [{ Ada_Example: 1, PRIVATE: 2, _1234: 3, '12': 4 }, 'an object with 4 unknown keys'],
  [{ error: 'denied', statusCode: 403, Message: '' }, 'an object with error, statusCode and Message'],
  [{ 'charges[0].ledgerID': ['Payer is Invalid'] }, 'an object with charges[0].ledgerID'],
  [{ 'charges[0].123-45-6789': [] }, 'an object with an unknown key'],
  [{}, 'an object with no keys'],
])('a message names known keys and no others: %#', (body, described) => {
  expect(() => singleRow(leases, body)).toThrow(`Rentvine answered one of leases with ${described}`);
});

describe('a single answer', () => {
  test('is recognised in any spelling of its keys', () => {
    expect(singleRow(workOrders, { work_order: {} })).toEqual({ work_order: {} });
    expect(singleRow(workOrders, { data: { workOrderID: 1 } })).toEqual({ workOrderID: 1 });
  });

  test('that is a row with a "data" of its own is not unwrapped', () => {
    const row = { lease: { leaseID: '1' }, data: { lease: { leaseID: '2' } } };
    expect(singleRow(leases, row)).toBe(row);
  });

  test.each([[[{ lease: { leaseID: '1' } }]], [{ data: [] }], [{}], [null], ['lease'], [{ status: 'ok' }]])(
    'is not found in %j',
    (body) => {
      expect(() => singleRow(leases, body)).toThrow(ContractError);
    },
  );
});
