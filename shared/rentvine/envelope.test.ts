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
    const noList = fc.dictionary(fc.string({ maxLength: 200 }), fc.constant('PRIVATE'), { maxKeys: 60 });
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

test('an object of many rows does not flood the message', () => {
  const rows = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`row${index}`, {}]));
  expect(() => listRows(leases, rows)).toThrow(/row0, row1, .*row9 and 490 more, not a list$/);
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
