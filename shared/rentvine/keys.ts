import { canonicalKey } from './canonical.ts';

/** How many keys a message names. */
const maxNamedKeys = 10;

/**
 * Names of envelopes, errors and ids, which may be told. Any other key comes from outside and may itself be what nobody should
 * see: an object keyed by numbers, or by names, has people's data in its keys.
 */
const knownKeys: ReadonlySet<string> = new Set(
  `data results result rows items records list lists content contents payload response body entries collection values object
   error errors errorCode errorMessage message messages status statusCode statusText code success ok failed detail details
   title type reason description exception trace timestamp path instance requestId field fields validation warning warnings
   meta metadata links next previous first last page pages pageSize perPage limit offset total totalItems totalPages count
   pagination hasMore version id ids name amount date dates filter filters include includes query
   charges charge payments payment ledgers ledger payers payer owners tenants contacts applicants
   portfolio portfolios property properties unit units lease leases tenant owner vendor vendors contact workOrder workOrders
   transaction transactions application applications bill bills prospect prospects renewal renewals account accounts
   recurringCharge recurringCharges user users balances unpaidCharges
   ledgerId chargeId payerId portfolioId propertyId unitId leaseId contactId tenantId ownerId vendorId workOrderId transactionId
   applicationId billId prospectId accountId userId statusId isActive dateTimeModified dateTimeModifiedMin dateTimeModifiedMax
   datePosted datePostedMin datePostedMax primaryLeaseStatusIds leaseStatusIds leaseIds`.split(/\s+/),
);

/** A key, or a path of keys such as `charges[0].ledgerID`. */
const isKnown = (key: string): boolean =>
  key
    .split(/[.[\]]+/)
    .filter((part) => !/^\d{0,4}$/.test(part))
    .every((part) => knownKeys.has(canonicalKey(part))) && /[A-Za-z]/.test(key);

/** The keys of an object for an error message: those that are known, and how many others there are. */
export function describeKeys(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'no keys';
  const known = keys.filter(isKnown);
  const named = known.slice(0, maxNamedKeys);
  const more = known.length - named.length;
  const unknown = keys.length - known.length;
  const parts = [
    ...named,
    ...(more > 0 ? [`${more} more`] : []),
    ...(unknown > 0 ? [unknown === 1 ? 'an unknown key' : `${unknown} unknown keys`] : []),
  ];
  return parts.length === 1 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** What a JSON value is, without saying what it says. */
export function describeShape(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? `an object with ${describeKeys(value)}` : `a ${typeof value}`;
}

/** A JSON object, not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
