import type { GlAccountRecord, RecurringChargeRecord } from './records.ts';

/**
 * Sums up what active leases are charged in rent every month: charges that hold on the day and whose account in the ledger is
 * rent. The accounts come first; a charge may say itself whether its account is rent.
 *
 * @param day YYYY-MM-DD
 */
export function rentChargeTally(day: string) {
  const isRentAccount = new Map<string, boolean>();
  let hasCharges = false;
  let hasRent = false;
  let unclear = 0;
  return {
    addGlAccount({ accountId, isRent }: GlAccountRecord): void {
      if (accountId !== undefined && isRent !== undefined) isRentAccount.set(accountId, isRent);
    },
    /**
     * @param isOfActiveLease whether it may count at all
     * @param sum told of the amount, if it is rent
     */
    add(charge: RecurringChargeRecord, isOfActiveLease: boolean, sum: (cents: number) => void): void {
      hasCharges = true;
      if (!isOfActiveLease || !holdsOn(day, charge)) return;
      const isRent =
        charge.account?.isRent ??
        isRentAccount.get(charge.accountId ?? charge.chargeAccountId ?? charge.account?.accountId ?? '');
      if (isRent === undefined || charge.amountCents === undefined) unclear += 1;
      else if (isRent) {
        hasRent = true;
        sum(charge.amountCents);
      }
    },
    /**
     * `unclear` are current charges of which nothing says whether they are rent, or how much they are; where all are, the rent
     * is not known.
     */
    result: () => ({ hasCharges, unclear, isKnown: hasRent || unclear === 0 }),
  };
}

/** An account has been seen whose rents read 8.5 % too high because charges that had ended were left in. */
const holdsOn = (day: string, { startDate, endDate, isActive }: RecurringChargeRecord): boolean =>
  isActive !== false && (startDate === undefined || startDate <= day) && (endDate === undefined || endDate >= day);
