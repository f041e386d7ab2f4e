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
  expect(collected('2026-03-01', ...posted)).toBe(110);
  expect(collected('2026-03-31', ...posted)).toBe(110);
  expect(collected('2026-04-01', ...posted)).toBe(1000);
});

it('leaves out what is voided, or no payment on a lease', () => {
  const others = ['1', '3', '4', '5', '8', '23', undefined].map((transactionTypeId) => ({ transactionTypeId }));
  expect(collected('2026-03-20', { isVoided: true }, ...others)).toBe(0);
  expect(collected('2026-03-20', { isVoided: undefined }, { amountCents: undefined }, {})).toBe(200_00);
});
