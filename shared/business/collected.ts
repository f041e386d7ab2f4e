import { monthOf } from './days.ts';
import type { Collected } from './figures.ts';
import type { TransactionRecord } from './records.ts';

/** Rentvine's transactionTypeID of a payment on a lease, and of one that came back. */
const leasePayment = '2';
const paymentReturn = '4';

/** Transactions of one type and one sign: how many there are, how many of them in the month, and what those come to. */
const side = () => ({ ever: 0, inMonth: 0, cents: 0 });
const bothSides = () => ({ above: side(), below: side() });

/** The sign that most of them have first. */
const usualFirst = ({ above, below }: ReturnType<typeof bothSides>) =>
  above.ever >= below.ever ? ([above, below] as const) : ([below, above] as const);

/**
 * Sums up what tenants have paid in the month of a day: lease payments by the date they were posted on, less those that came
 * back by the date of that, voided ones left out.
 *
 * With which sign Rentvine writes a payment and a returned one is not known, and it need not be the same everywhere. So the
 * sign that most of an account's transactions of the type have counts as theirs: a return is subtracted whether it is written
 * as 100 or as -100. A payment of the other sign corrects one; a return of the other sign may be a second spelling or a
 * correction, so it is left out and counted as unclear.
 *
 * @param day YYYY-MM-DD
 */
export function collectedTally(day: string) {
  const month = monthOf(day);
  const payments = bothSides();
  const returns = bothSides();
  return {
    add({ transactionTypeId, amountCents = 0, datePosted, isVoided }: TransactionRecord): void {
      if (isVoided || datePosted === undefined || amountCents === 0) return;
      if (transactionTypeId !== leasePayment && transactionTypeId !== paymentReturn) return;
      const { above, below } = transactionTypeId === leasePayment ? payments : returns;
      const of = amountCents > 0 ? above : below;
      of.ever += 1;
      if (monthOf(datePosted) !== month) return;
      of.inMonth += 1;
      of.cents += Math.abs(amountCents);
    },
    result(): Collected {
      const [paid, corrected] = usualFirst(payments);
      const [returned, unclear] = usualFirst(returns);
      return {
        cents: paid.cents - corrected.cents - returned.cents,
        returnedCents: returned.cents,
        unclearReturns: unclear.inMonth,
      };
    },
  };
}
