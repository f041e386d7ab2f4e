import type { PageHeaders } from '../ways.ts';
import type { Page } from './paging.ts';

/** What the server believes about a list. */
export interface ListTotals {
  /** Rows of the whole selection now. */
  readonly total: number;
  /** The same when it was asked for the first time. */
  readonly firstTotal: number;
}

/** The eight headers of a page: next and previous are empty at the ends. */
export function pageHeaders(way: PageHeaders, page: Page, totals: ListTotals): Record<string, string> {
  if (way === 'absent') return {};
  const total = claimedTotal(way, totals);
  const pages = Math.max(1, Math.ceil(total / page.size));
  const headers = {
    'pagination-current-page': String(page.number),
    'pagination-page-size': String(page.size),
    'pagination-total-items': String(total),
    'pagination-total-pages': String(pages),
    'pagination-first-page': '1',
    'pagination-last-page': String(pages),
    'pagination-next-page': page.number < pages ? String(page.number + 1) : '',
    'pagination-prev-page': page.number > 1 ? String(page.number - 1) : '',
  };
  if (way !== 'garbled') return headers;
  return { ...headers, 'pagination-total-items': 'many', 'pagination-total-pages': '-1', 'pagination-page-size': '0' };
}

function claimedTotal(way: PageHeaders, { total, firstTotal }: ListTotals): number {
  switch (way) {
    case 'tooSmall':
      return Math.floor(total * 0.6);
    case 'tooLarge':
      return Math.ceil(total * 1.5) + 7;
    case 'stale':
      return firstTotal;
    default:
      return total;
  }
}
