import fc from 'fast-check';
import { expect, it } from 'vitest';
import { collectedTally } from './collected.ts';

const payment = { transactionTypeId: '2', amountCents: 100_00, datePosted: '2026-03-10', isVoided: false };
const collected = (day: string, ...transactions: object[]) => {
  const tally = collectedTally(day);
  for (const each of transactions) tally.add({ ...payment, ...each });
  return tally.result();
};

it('sums up the payments posted from the first to the last day of the month', () => {
  const dates = ['2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01', '2025-03-10', undefined];
  const posted = dates.map((datePosted, index) => ({ datePosted, amountCents: 10 ** index }));
  expect(collected('2026-03-01', ...posted).cents).toBe(110);
  expect(collected('2026-03-31', ...posted).cents).toBe(110);
  expect(collected('2026-04-01', ...posted).cents).toBe(1000);
});

it('leaves out what is voided, or no payment on a lease', () => {
  const others = ['1', '3', '5', '8', '20', '23', undefined].map((transactionTypeId) => ({ transactionTypeId }));
  expect(collected('2026-03-20', { isVoided: true }, ...others).cents).toBe(0);
  expect(collected('2026-03-20', { isVoided: undefined }, { amountCents: undefined }, {}).cents).toBe(200_00);
});

const back = { transactionTypeId: '4', amountCents: 30_00 };

it('subtracts payments that came back, whichever sign Rentvine writes them with', () => {
  const expected = { cents: 140_00, returnedCents: 60_00, unclearReturns: 0 };
  expect(collected('2026-03-20', {}, {}, back, back)).toEqual(expected);
  const negative = { ...back, amountCents: -30_00 };
  expect(collected('2026-03-20', {}, {}, negative, negative)).toEqual(expected);
  expect(collected('2026-03-20', {}, { ...back, isVoided: true }, { ...back, datePosted: '2026-02-28' })).toEqual({
    cents: 100_00,
    returnedCents: 0,
    unclearReturns: 0,
  });
});

it('tells of returns whose sign is not the one that the account writes them with, and leaves them out', () => {
  const earlier = { ...back, datePosted: '2026-01-05' };
  const odd = { ...back, amountCents: -10_00 };
  expect(collected('2026-03-20', {}, earlier, earlier, back, odd)).toEqual({
    cents: 70_00,
    returnedCents: 30_00,
    unclearReturns: 1,
  });
});

it('is the same where all payments are written as less than nothing', () => {
  const amounts = fc.array(fc.integer({ min: 1, max: 1_000_00 }), { maxLength: 8 });
  fc.assert(
    fc.property(amounts, amounts, fc.boolean(), fc.boolean(), (paid, returned, isPaidBelow, isReturnedBelow) => {
      const result = collected(
        '2026-03-20',
        ...paid.map((amountCents) => ({ amountCents: isPaidBelow ? -amountCents : amountCents })),
        ...returned.map((amountCents) => ({ ...back, amountCents: isReturnedBelow ? -amountCents : amountCents })),
      );
      const sum = (all: number[]) => all.reduce((total, amount) => total + amount, 0);
      expect(result).toEqual({ cents: sum(paid) - sum(returned), returnedCents: sum(returned), unclearReturns: 0 });
    }),
  );
});
