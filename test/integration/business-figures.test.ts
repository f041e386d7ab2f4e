import { describe, expect } from 'vitest';
import type { World } from '../../infra/simulator/company/world.ts';
import { centsOf, numberAt, textAt, type WireObject } from '../../infra/simulator/generator/wire-object.ts';
import { latestFigures, recentFigures } from '../../shared/store/business-figures.ts';
import { latestPlaceFigures } from '../../shared/store/place-figures.ts';
import { onCompany } from '../fixtures.ts';
import { type PlayedTick, playTick } from './emitted-metrics.ts';
import type { Harness } from './harness.ts';

const dayMs = 86_400_000;
const measured = ['properties', 'units', 'leases', 'workOrders', 'transactions'] as const;

const it = onCompany(
  {},
  { name: 'measured-inc', counts: { properties: 12, units: 60, leases: 90, transactions: 200, workOrders: 60 } },
);

/** One report, as its schedule asks for it at this time. */
const report = (harness: Harness, at: Date): Promise<PlayedTick> =>
  playTick(harness, 'business-reporter', at.getTime());

/** The figures of one account by name, and dimension where there is another. */
const figuresOf = (account: string, { metrics }: PlayedTick): Record<string, number> =>
  Object.fromEntries(
    metrics
      .filter(({ dimensions }) => dimensions.account === account)
      .map(({ name, value, dimensions: { priority, withinDays } }) => [
        [name, priority, withinDays].filter((part) => part !== undefined).join(' '),
        value,
      ]),
  );

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);
const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** What a person would count on Rentvine's own pages. */
function countedByHand(world: World, now: Date, rents: 'ofUnits' | 'charged' = 'ofUnits'): Record<string, number> {
  const today = isoDay(now.getTime());
  const inactive = new Set(
    world
      .all('properties')
      .filter(({ isActive }) => !isActive)
      .map(({ propertyID }) => propertyID),
  );
  const units = world.all('units').filter(({ isActive, propertyID }) => isActive && !inactive.has(propertyID));
  const active = world
    .all('leases')
    .filter((lease) => lease.primaryLeaseStatusID === 2 && textAt(lease, 'startDate') <= today);
  const livedIn = units.filter(({ unitID }) => active.some((lease) => lease.unitID === unitID));
  const due = world
    .all('leases')
    .map((lease) => centsOf(world.balances(numberAt(lease, 'leaseID') ?? 0).pastDueTotalAmount))
    .filter((cents) => cents > 0);
  const ofMonth = (type: number) =>
    world
      .all('transactions')
      .filter(({ transactionTypeID, isVoided }) => transactionTypeID === type && isVoided === false)
      .filter((transaction) => textAt(transaction, 'datePosted').startsWith(today.slice(0, 7)))
      .map(({ amount }) => Math.abs(centsOf(amount)));
  const rentAccounts = new Set(
    world
      .all('glAccounts')
      .filter(({ isRent }) => isRent)
      .map(({ accountID }) => accountID),
  );
  const isLivedIn = new Set(livedIn.map(({ unitID }) => unitID));
  const paying = new Set(active.filter(({ unitID }) => isLivedIn.has(unitID)).map(({ leaseID }) => leaseID));
  const charged = world
    .all('recurringCharges')
    .filter(({ leaseID, accountID }) => paying.has(leaseID) && rentAccounts.has(accountID))
    .filter((charge) => textAt(charge, 'startDate') <= today)
    .filter(({ endDate }) => typeof endDate !== 'string' || endDate >= today);
  const endsBy = (days: number) => (lease: WireObject) => {
    const end = textAt(lease, 'endDate');
    return end >= today && end <= isoDay(now.getTime() + days * dayMs);
  };
  const open = world.all('workOrders').filter(({ primaryWorkOrderStatusID: status }) => status !== 3 && status !== 5);
  const ofPriority = (priority: number) => open.filter(({ priorityID }) => priorityID === priority).length;
  return {
    Units: units.length,
    UnitsOccupied: livedIn.length,
    UnitsVacant: units.length - livedIn.length,
    VacancyRate: ((units.length - livedIn.length) / units.length) * 100,
    RentRollCents:
      rents === 'ofUnits'
        ? sum(livedIn.map(({ rent }) => centsOf(rent)))
        : sum(charged.map(({ amount }) => centsOf(amount))),
    PastDueCents: sum(due),
    PastDueLeases: due.length,
    'LeasesEnding 30': active.filter(endsBy(30)).length,
    'LeasesEnding 60': active.filter(endsBy(60)).length,
    'LeasesEnding 90': active.filter(endsBy(90)).length,
    CollectedThisMonthCents: sum(ofMonth(2)) - sum(ofMonth(4)),
    'OpenWorkOrders low': ofPriority(1),
    'OpenWorkOrders medium': ofPriority(2),
    'OpenWorkOrders high': ofPriority(3),
    'OpenWorkOrders other': open.length - ofPriority(1) - ofPriority(2) - ofPriority(3),
  };
}

/** One after the other, each on what those before it left. */
describe('business figures', () => {
  it('are none before a full sync: half a copy would give half a truth', async ({ harness, company }) => {
    expect(await report(harness, new Date())).toMatchObject({ failed: false, metrics: [] });
    await company.sync('units', 'full');
    expect(await report(harness, new Date())).toMatchObject({ failed: false, metrics: [] });
    await company.sync('workOrders', 'full');
    expect(Object.keys(figuresOf(company.account, await report(harness, new Date())))).toEqual([
      'OpenWorkOrders low',
      'OpenWorkOrders medium',
      'OpenWorkOrders high',
      'OpenWorkOrders other',
    ]);
  });

  it('are those that a person counts, to the cent', async ({ harness, company }) => {
    await company.syncAll(measured, 'full');
    const now = new Date();
    const expected = countedByHand(company.world, now);
    for (const name of [
      'UnitsVacant',
      'RentRollCents',
      'PastDueLeases',
      'CollectedThisMonthCents',
      'LeasesEnding 90',
    ]) {
      expect(expected[name]).toBeGreaterThan(0);
    }
    const made = await report(harness, now);
    expect(figuresOf(company.account, made)).toEqual(expected);
    expect(made.metrics.find(({ name }) => name === 'HighestVacancyRate')).toMatchObject({
      value: expected.VacancyRate,
      dimensions: {},
    });
    expect(await latestFigures(harness.state, company.account)).toMatchObject({
      measuredAt: now.toISOString(),
      occupancy: { units: expected.Units, rentRollCents: expected.RentRollCents, rentRollSource: 'unitRent' },
      leases: { pastDueCents: expected.PastDueCents },
      collectedThisMonthCents: expected.CollectedThisMonthCents,
      openWorkOrders: { high: expected['OpenWorkOrders high'] },
    });
  });

  it('follow what changes, and forget what is deleted or voided', async ({ harness, company }) => {
    const { world } = company;
    const find = (
      resource: 'units' | 'leases' | 'transactions' | 'workOrders',
      matches: (object: WireObject) => boolean,
    ) => world.ids(resource).find((id) => matches(world.get(resource, id) ?? {})) ?? 0;
    const month = new Date().toISOString().slice(0, 7);
    const before = countedByHand(world, new Date());
    world.voidTransaction(
      find(
        'transactions',
        (each) => each.transactionTypeID === 2 && !each.isVoided && textAt(each, 'datePosted').startsWith(month),
      ),
    );
    world.delete(
      'workOrders',
      find('workOrders', ({ primaryWorkOrderStatusID }) => primaryWorkOrderStatusID === 2),
    );
    world.delete(
      'units',
      find('units', ({ isVacant, isActive }) => isVacant === true && isActive === true),
    );
    const lease = find('leases', ({ primaryLeaseStatusID }) => primaryLeaseStatusID === 2);
    world.setUnpaidCharges(lease, [{ chargeID: 1, amount: '12.34', unpaidAmount: '12.34', isOverdue: true }]);
    await company.syncAll(measured, 'full', { scheduledAt: new Date() });
    const now = new Date();
    const after = countedByHand(world, now);
    for (const name of ['Units', 'CollectedThisMonthCents', 'PastDueCents']) expect(after[name]).not.toBe(before[name]);
    expect(figuresOf(company.account, await report(harness, now))).toEqual(after);
  });

  it('have the rent that is charged once it was read, by property and portfolio too', async ({ harness, company }) => {
    await company.syncAll(['glAccounts', 'recurringCharges'], 'full', { scheduledAt: new Date() });
    const now = new Date();
    const expected = countedByHand(company.world, now, 'charged');
    expect(expected.RentRollCents).not.toBe(countedByHand(company.world, now).RentRollCents);
    expect(figuresOf(company.account, await report(harness, now))).toEqual(expected);
    const figures = await latestFigures(harness.state, company.account);
    expect(figures?.occupancy).toMatchObject({ rentRollSource: 'recurringCharges' });
    for (const kind of ['property', 'portfolio'] as const) {
      const places = await latestPlaceFigures(harness.state, company.account, kind);
      expect(places.length).toBeGreaterThan(1);
      expect(sum(places.map(({ units }) => units))).toBe(expected.Units);
      expect(sum(places.map(({ rentRollCents = 0 }) => rentRollCents))).toBe(expected.RentRollCents);
    }
  });

  it('of a day are kept until the next day has some', async ({ harness, company }) => {
    const tomorrow = new Date(Date.now() + dayMs);
    await report(harness, tomorrow);
    const days = await recentFigures(harness.state, company.account, 10);
    expect(days.map(({ measuredAt }) => measuredAt.slice(0, 10))).toEqual([
      isoDay(Date.now()),
      isoDay(tomorrow.getTime()),
    ]);
  });

  it('of one account are not lost because another cannot be read, and the same tick again makes up for it', async ({
    harness,
    company,
  }) => {
    const other = await harness.company({ name: 'another-inc' });
    await other.syncAll(measured, 'full');
    const at = new Date(Date.now() + 2 * dayMs);
    const mend = harness.intercept(({ service, operation, body }) =>
      service === 'dynamodb' && operation === 'Query' && JSON.stringify(body).includes('another-inc#transactions')
        ? { status: 400, type: 'com.amazonaws.dynamodb.v20120810#ValidationException', message: 'no' }
        : undefined,
    );
    const partial = await report(harness, at);
    mend();
    expect(partial.failed).toBe(true);
    expect(figuresOf(company.account, partial)).toMatchObject({ Units: expect.any(Number) });
    expect(figuresOf(other.account, partial)).toEqual({});

    const whole = await report(harness, at);
    expect(whole.failed).toBe(false);
    expect(figuresOf(other.account, whole)).toEqual(countedByHand(other.world, at));
    expect(figuresOf(company.account, whole)).toEqual(figuresOf(company.account, partial));
    const rates = [company, other].map(({ account }) => figuresOf(account, whole).VacancyRate ?? 0);
    expect(whole.metrics.find(({ name }) => name === 'HighestVacancyRate')?.value).toBe(Math.max(...rates));
  });
});
