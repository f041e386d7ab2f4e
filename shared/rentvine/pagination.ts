/**
 * What a list's answer claims about the whole list, in the `pagination-…` headers that Rentvine sends for some lists. They may
 * be missing or wrong, and whether they are counted in the same instant as the rows is not known: evidence that helps to plan
 * and gives reason to doubt, and never a proof.
 */
export interface PaginationClaim {
  /** Rows of the whole list, under the filters that were asked for. */
  readonly totalItems?: number;
  /** Rows that a full page has. */
  readonly pageSize?: number;
}

/** @returns undefined where nothing readable is claimed */
export function readPaginationClaim(headers: Headers): PaginationClaim | undefined {
  const totalItems = wholeNumber(headers.get('pagination-total-items'));
  const pageSize = wholeNumber(headers.get('pagination-page-size'));
  if (totalItems === undefined && pageSize === undefined) return undefined;
  return { ...(totalItems !== undefined && { totalItems }), ...(pageSize !== undefined && { pageSize }) };
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
}
