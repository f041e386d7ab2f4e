import { InvalidRequest } from './field-errors.ts';

export interface Page {
  /** From 1. */
  readonly number: number;
  /** Rows that this answer holds at most, after the server's silent cap. */
  readonly size: number;
}

/** 25 rows for exports, 15 for other lists: "15 or 25 rows depending on the endpoint". */
const defaultSize = (listPath: string): number => (listPath.endsWith('/export') ? 25 : 15);

/**
 * Reads `page` and `pageSize`. `limit` and `offset` are accepted and ignored, as the real server does.
 *
 * @throws InvalidRequest when either is not a whole number from 1
 */
export function parsePage(listPath: string, query: URLSearchParams, cap: number): Page {
  return {
    number: wholeNumber(query, 'page') ?? 1,
    size: Math.min(wholeNumber(query, 'pageSize') ?? defaultSize(listPath), cap),
  };
}

function wholeNumber(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  if (text === null || text === '') return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidRequest(key, `${key} must be a whole number from 1`);
  return Number(text);
}
