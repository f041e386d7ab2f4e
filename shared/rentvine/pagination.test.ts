import { expect, it } from 'vitest';
import { readPaginationClaim } from './pagination.ts';

const claimOf = (headers: Record<string, string>) => readPaginationClaim(new Headers(headers));

it.each([
  ['nothing', {}, undefined],
  ['all of it', { 'Pagination-Total-Items': '305', 'pagination-page-size': '25' }, { totalItems: 305, pageSize: 25 }],
  ['a part', { 'pagination-total-items': ' 0 ' }, { totalItems: 0 }],
  ['nonsense', { 'pagination-total-items': 'many', 'pagination-page-size': '-3' }, undefined],
  ['what no list has', { 'pagination-total-items': '99999999999999' }, undefined],
  ['a fraction beside a number', { 'pagination-total-items': '1.5', 'pagination-page-size': '15' }, { pageSize: 15 }],
])('pagination headers that say %s', (_, headers, claim) => {
  expect(claimOf(headers)).toEqual(claim);
});
