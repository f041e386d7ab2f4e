import { monthOf } from './days.ts';
import type { TransactionRecord } from './records.ts';

/** Rentvine's transactionTypeID of a payment on a lease. */
const leasePayment = '2';

/**
 * Sums up what tenants have paid in the month of a day: lease payments by the date they were posted on, voided ones left out.
 * A payment that came back (type 4) is a transaction of its own and is not subtracted: with which sign Rentvine writes it is
 * not known.
 *
 * @param day YYYY-MM-DD
 */
export function collectedTally(day: string) {
  const month = monthOf(day);
  let collectedCents = 0;
  return {
    add({ transactionTypeId, amountCents = 0, datePosted, isVoided }: TransactionRecord): void {
      if (transactionTypeId !== leasePayment || isVoided || datePosted === undefined) return;
      if (monthOf(datePosted) === month) collectedCents += amountCents;
    },
    result: (): number => collectedCents,
  };
}
