import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays } from './days.ts';
import { leaseTally } from './lease-figures.ts';
import { leaseSchema } from './records.ts';

const day = '2026-03-01';
const measure = (leases: readonly object[]) => {
  const tally = leaseTally(day);
  for (const lease of leases) tally.add(leaseSchema.parse(lease));
  return tally.result();
};
const active = { primaryLeaseStatusId: '2', startDate: '2025-01-01' };
const owing = (pastDueTotalAmountCents?: number) => ({
  balances: { pastDueTotalAmountCents, unpaidTotalAmountCents: 9 },
});

it('counts an active lease in every span that it ends within, both ends included', () => {
  const ends = ['2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01', '2026-04-30', '2026-05-30', '2026-05-31'];
  expect(measure(ends.map((endDate) => ({ ...active, endDate }))).leasesEnding).toEqual({ '30': 2, '60': 4, '90': 5 });
});

it('counts no lease as ending that is not active or has no end', () => {
  const endDate = '2026-03-10';
  const leases = [
    active,
    { ...active, primaryLeaseStatusId: '1', endDate },
    { ...active, primaryLeaseStatusId: '3', endDate },
    { ...active, startDate: '2026-03-05', endDate },
  ];
  expect(measure(leases).leasesEnding).toEqual({ '30': 0, '60': 0, '90': 0 });
});

it('sums up what is past due on leases of any status, and takes credit on one off no other', () => {
  const leases = [
    { ...active, ...owing(125_050) },
    { ...active, primaryLeaseStatusId: '3', ...owing(1) },
    { ...active, ...owing(-50_000) },
    { ...active, ...owing(0) },
    { ...active, ...owing() },
    active,
  ];
  expect(measure(leases)).toMatchObject({ pastDueCents: 125_051, pastDueLeases: 2 });
});

it('does not mind fields that are not what they should be', () => {
  expect(measure([{ balances: 'none', endDate: 5, primaryLeaseStatusId: 2 }, {}])).toEqual({
    pastDueCents: 0,
    pastDueLeases: 0,
    leasesEnding: { '30': 0, '60': 0, '90': 0 },
  });
});

it('never counts more leases in a shorter span than in a longer one, nor loses a cent', () => {
  const lease = fc.record({
    endsIn: fc.integer({ min: -40, max: 140 }),
    dueCents: fc.integer({ min: -100, max: 10 ** 9 }),
  });
  fc.assert(
    fc.property(fc.array(lease), (leases) => {
      const { leasesEnding, pastDueCents, pastDueLeases } = measure(
        leases.map(({ endsIn, dueCents }) => ({ ...active, endDate: addDays(day, endsIn), ...owing(dueCents) })),
      );
      for (const days of ['30', '60', '90'] as const) {
        const within = leases.filter(({ endsIn }) => endsIn >= 0 && endsIn <= Number(days));
        expect(leasesEnding[days]).toBe(within.length);
      }
      const due = leases.filter(({ dueCents }) => dueCents > 0);
      expect(pastDueLeases).toBe(due.length);
      expect(pastDueCents).toBe(due.reduce((sum, { dueCents }) => sum + dueCents, 0));
    }),
  );
});
