import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RentvineAccount } from './account.ts';
import { leases } from './resources/leases.ts';
import { transactions } from './resources/transactions.ts';
import { units } from './resources/units.ts';
import { formatDate, formatDateTime, hasSingleRead, listUrl, oneUrl } from './urls.ts';

const account: RentvineAccount = {
  name: 'acme',
  baseUrl: 'https://acme.example.com/api/manager/',
  auth: { scheme: 'basic', accessKey: 'k', secret: 's' },
};

describe('a list address', () => {
  test('is corrected by the account, and keeps the query of the correction', () => {
    const corrected = { ...account, paths: { leases: { list: 'leases/search?version=2' } } };
    expect(listUrl(corrected, leases, { page: 1, pageSize: 25 }).href).toBe(
      'https://acme.example.com/api/manager/leases/search?version=2&page=1&pageSize=25',
    );
  });

  test('repeats the key of an array filter, however it is spelled, and leaves out an empty one', () => {
    const query = { leaseIDs: ['1', '2'], 'leaseStatusIDs[]': ['3'], primaryLeaseStatusIDs: [] };
    const url = listUrl(account, leases, { page: 1, pageSize: 25, query });
    expect([...url.searchParams]).toEqual([
      ['leaseIDs[]', '1'],
      ['leaseIDs[]', '2'],
      ['leaseStatusIDs[]', '3'],
      ['page', '1'],
      ['pageSize', '25'],
    ]);
  });

  test('carries any value of a filter unharmed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const url = listUrl(account, leases, { page: 1, pageSize: 25, query: { name: value } });
        expect(new URL(url.href).searchParams.get('name')).toBe(value);
        expect(url.href).not.toContain('+');
      }),
    );
  });
});

describe('the address of one object', () => {
  test('stays below its own path, whatever the id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        let url: URL;
        try {
          url = oneUrl(account, units, id, { propertyId: '7' });
        } catch (error) {
          expect(error).toMatchObject({ code: 'CONTRACT' });
          return;
        }
        expect(url.href).toMatch(/^https:\/\/acme\.example\.com\/api\/manager\/properties\/7\/units\/[^/?#]+$/);
        expect(decodeURIComponent(url.pathname.split('/').at(-1) ?? '')).toBe(id);
      }),
    );
  });

  test('can be given for a resource that has none', () => {
    expect(hasSingleRead(account, transactions)).toBe(false);
    const corrected = { ...account, paths: { transactions: { one: '/accounting/transactions/{transactionID}' } } };
    expect(hasSingleRead(corrected, transactions)).toBe(true);
    expect(oneUrl(corrected, transactions, '5', {}).pathname).toBe('/api/manager/accounting/transactions/5');
  });

  test('reads a correction in the spelling of the reference', () => {
    const corrected = { ...account, paths: { units: { one: '/p/{propertyID}/u/{unitID}' } } };
    expect(oneUrl(corrected, units, '5', { propertyId: '7' }).pathname).toBe('/api/manager/p/7/u/5');
  });
});

test('times are UTC and never later than what was asked for', () => {
  expect(formatDateTime(new Date('2026-11-22T23:59:59.999+02:00'))).toBe('2026-11-22 21:59:59');
  expect(formatDate(new Date('2026-11-22T00:30:00+02:00'))).toBe('2026-11-21');
});
