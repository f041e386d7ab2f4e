import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalKey } from './canonical.ts';
import { createCleaner } from './clean-row.ts';
import { list, type Problem, type Reader } from './reader.ts';
import { resourceByName, resources } from './resources/catalogue.ts';
import { leases } from './resources/leases.ts';
import { renewals } from './resources/renewals.ts';
import { transactions } from './resources/transactions.ts';
import { units } from './resources/units.ts';
import { parseRow } from './row.ts';
import { boolean, cents, date, dateTime, id, number, readCents, text } from './values.ts';

const rowOf = (resource: Parameters<typeof parseRow>[0], raw: unknown) => {
  const result = parseRow(resource, raw);
  if (!result.ok) throw new Error(result.rejected.reason);
  return result.row;
};

describe('keys', () => {
  it.each([
    ['leaseID', 'leaseId'],
    ['LeaseID', 'leaseId'],
    ['lease_id', 'leaseId'],
    ['LEASE_ID', 'leaseId'],
    ['leaseIDs', 'leaseIds'],
    ['primaryLeaseStatusID', 'primaryLeaseStatusId'],
    ['workOrder', 'workOrder'],
    ['work_order', 'workOrder'],
    ['WorkOrder', 'workOrder'],
    ['address2', 'address2'],
    ['ID', 'id'],
    ['photoURL', 'photoUrl'],
    ['Pet deposit (custom)', 'Pet deposit (custom)'],
  ])('reads %s as %s', (key, canonical) => {
    expect(canonicalKey(key)).toBe(canonical);
  });

  it('leaves canonical names of typed fields as they are', () => {
    for (const { idField, rowKey, siblings } of resources) {
      for (const key of [idField, rowKey, ...Object.keys(siblings)]) expect(canonicalKey(key)).toBe(key);
    }
  });

  it('loses nothing where two spellings of one key meet, in any order', () => {
    expect(createCleaner().clean({ leaseID: 1, leaseId: 2, lease_id: 3 })).toEqual({
      leaseID: 1,
      leaseId: 2,
      lease_id: 3,
    });
    expect(createCleaner().clean({ lease_id: 1, leaseID: 2 })).toEqual({ leaseId: 1, leaseID: 2 });
    const spellings = fc.constantFrom(
      'leaseID',
      'leaseId',
      'lease_id',
      'LeaseID',
      'LEASE_ID',
      'aB_c',
      'aBC',
      'aBc',
      'a_b_c',
    );
    fc.assert(
      fc.property(fc.uniqueArray(spellings), (keys) => {
        const cleaned = createCleaner().clean(Object.fromEntries(keys.map((key, value) => [key, value])));
        expect(Object.values(cleaned ?? {}).sort()).toEqual(keys.map((_, value) => value));
      }),
    );
  });
});

describe('rows', () => {
  it('that are rejected tell no value in the reason', () => {
    const secret = 'PLANTED-7731';
    const values = fc.constantFrom<unknown>(secret, [secret], { [secret]: secret }, `${secret}.00`);
    const fields = fc.constantFrom('propertyID', 'moveInDate', 'tenants', 'dateTimeModified', 'unitID');
    fc.assert(
      fc.property(fc.dictionary(fields, values), values, (lease, balances) => {
        const result = parseRow(leases, { lease: { leaseID: '3', ...lease }, balances });
        if (!result.ok) expect(result.rejected.reason).not.toContain(secret);
      }),
    );
  });

  it('are read in whatever wrapping and spelling', () => {
    const wanted = { leaseId: '300', propertyId: '7', moveInDate: '2026-01-31', futureField: 'kept' };
    const row = { leaseID: '300', property_id: 7, moveInDate: '2026-01-31', futureField: 'kept', closedDate: null };
    expect(rowOf(leases, { lease: row }).data).toEqual(wanted);
    expect(rowOf(leases, { Lease: row }).data).toEqual(wanted);
    expect(rowOf(leases, row).data).toEqual(wanted);
  });

  it('take what belongs to the object from beside it', () => {
    const whole = rowOf(leases, {
      lease: { leaseID: '300', dateTimeModified: '2026-03-01 10:00:00' },
      balances: { unpaidTotalAmount: '1250.10' },
      unpaidCharges: '[{"charge_id": 4, "amount": "1.5", "isOverdue": "1"}]',
      property: { propertyID: 7, name: 'not part of a lease' },
      unit: null,
    });
    expect(whole).toMatchObject({ id: '300', sourceModifiedAt: '2026-03-01T10:00:00.000Z' });
    expect(whole.data).toEqual({
      leaseId: '300',
      propertyId: '7',
      dateTimeModified: '2026-03-01T10:00:00.000Z',
      balances: { unpaidTotalAmountCents: 125_010 },
      unpaidCharges: [{ chargeId: '4', amountCents: 150, isOverdue: true }],
    });
  });

  it('keeps the entries of a transaction, in it or beside it, less what is personal', () => {
    const entries = [{ accountID: 7, amount: '12.30', bankAccountNumber: '1' }];
    const stored = [{ accountId: 7, amount: '12.30' }];
    for (const row of [
      { transaction: { transactionID: 1, entries } },
      { transaction: { transactionID: 1 }, entries },
    ]) {
      expect(rowOf(transactions, row).data).toMatchObject({ transactionId: '1', entries: stored });
      expect(JSON.stringify(rowOf(transactions, row))).not.toContain('bankAccount');
    }
  });

  it('keep an amount under its name with the unit, whatever else has that name', () => {
    const { data } = rowOf(transactions, { transaction: { transactionID: 1, amount: '-12.30', amountCents: 'x' } });
    expect(data.amountCents).toBe(-1230);
    expect(rowOf(units, { unit: { unitID: 1, rent: null } }).data).toEqual({ unitId: '1' });
  });

  it.each<[unknown, object]>([
    [[], { reason: 'the row is not an object' }],
    ['lease', { reason: 'the row is not an object' }],
    [{ property: {} }, { reason: 'the row has no object "lease"' }],
    [{ lease: { code: 'A' } }, { reason: 'lease.leaseId is missing or not an id' }],
    [{ lease: { leaseID: 'x'.repeat(300) } }, { reason: 'lease.leaseId is missing or not an id' }],
    [{ lease: { leaseID: 5, moveInDate: 'soon' } }, { id: '5', reason: 'lease.moveInDate is not a date' }],
    [
      { lease: { leaseID: 5 }, balances: { pastDueRentAmount: 'much' } },
      { id: '5', reason: 'balances.pastDueRentAmount is not an amount of money' },
    ],
  ])('that do not fit are rejected with the reason and, if possible, their id: %j', (raw, rejected) => {
    expect(parseRow(leases, raw)).toEqual({ ok: false, rejected });
  });

  it('never throw, whatever Rentvine sends, and keep their id as text', () => {
    const keys = fc.constantFrom(
      'leaseID',
      'isActive',
      'toString',
      'constructor',
      '__proto__',
      'tenants',
      'rent',
      'emails',
      'valueOf',
      'amount',
    );
    const values = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>('', '0', '1.5', null, true, -0, 1e300, '[', '{"a":[1', '0000-00-00'),
        fc.string(),
        fc.double(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(keys, fc.string()), tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.constantFrom(...resources),
        values,
        fc.dictionary(keys, values),
        values,
        (resource, object, more, beside) => {
          const raw: unknown = JSON.parse(
            JSON.stringify({
              [resource.rowKey]: { [resource.idField]: 8, ...more, inner: object },
              balances: beside,
              any: object,
            }),
          );
          const result = parseRow(resource, raw);
          if (result.ok) expect(result.row.id).toBe('8');
          parseRow(resource, JSON.parse(JSON.stringify(object) ?? 'null'));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('are read under each name that the object and its id may have, and stored under one', () => {
    const data = { leaseRenewalId: '7', leaseId: '300' };
    for (const row of [
      { renewal: { leaseRenewalID: 7, leaseID: 300 } },
      { leaseRenewal: { leaseRenewalID: 7 }, lease: { leaseID: 300 } },
      { lease_renewal: { renewalID: '7', leaseID: '300' } },
      { renewalID: 7, leaseID: 300 },
    ]) {
      expect(rowOf(renewals, row).data).toEqual(data);
    }
    expect(parseRow(renewals, { other: { leaseRenewalID: 7 } }).ok).toBe(false);
  });

  it('that are nested more deeply than DynamoDB stores are rejected', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 5_000; level++) deep = { deep };
    expect(parseRow(leases, { lease: { leaseID: 1, deep } })).toMatchObject({ ok: false });
    expect(parseRow(leases, { lease: { leaseID: 1, deep: '['.repeat(5_000) + ']'.repeat(5_000) } })).toMatchObject({
      ok: false,
    });
  });

  it('of every resource have an id, and live under its row key', () => {
    for (const resource of resources) {
      expect(resourceByName(resource.name)).toBe(resource);
      expect(rowOf(resource, { [resource.rowKey]: { [resource.idField]: 12 } }).id).toBe('12');
      expect(resource.incrementalMinutes).toBeGreaterThanOrEqual(5);
      expect(resource.incrementalMinutes).toBeLessThanOrEqual(60);
    }
  });
});

describe('money', () => {
  it('is exact, to the cent, for every decimal spelling', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 13), max: 10 ** 13 }), (amountCents) => {
        const digits = String(Math.abs(amountCents)).padStart(3, '0');
        const [whole, fraction] = [digits.slice(0, -2), digits.slice(-2)];
        const sign = amountCents < 0 ? '-' : '';
        const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
        for (const spelling of [
          `${sign}${whole}.${fraction}`,
          `${sign}$${grouped}.${fraction}00`,
          ` $${sign}${whole}.${fraction} `,
        ]) {
          expect(readCents(spelling)).toBe(amountCents);
        }
        if (fraction === '00') expect(readCents(`${sign}${whole}`)).toBe(amountCents);
        expect(readCents(amountCents / 100)).toBe(amountCents);
      }),
    );
  });

  it.each<[unknown, number | undefined]>([
    ['0.005', 1],
    ['-0.004', 0],
    [0.1 + 0.2, 30],
    [5.684e-14, 0],
    ['.5', 50],
    ['5.', 500],
    ['', undefined],
    ['.', undefined],
    ['1,25', undefined],
    ['12 USD', undefined],
    ['1e3', undefined],
    ['NaN', undefined],
    [Number.NaN, undefined],
    [1e22, undefined],
    ['99999999999999999', undefined],
    [true, undefined],
    [['1'], undefined],
  ])('%j is %s cents', (value, expected) => {
    expect(readCents(value)).toBe(expected);
  });
});

describe('values', () => {
  const read = (reader: Reader, value: unknown) => {
    const problems: Problem[] = [];
    const result = reader(value, problems);
    return problems.length === 0 ? result : 'rejected';
  };

  it.each<[string, boolean]>([
    ['1', true],
    ['0', false],
    [' TRUE ', true],
    ['no', false],
  ])('reads %j as a yes or no', (value, expected) => {
    expect(read(boolean, value)).toBe(expected);
  });

  it('reads booleans, numbers and nothing', () => {
    expect([true, false, 1, 0, null, '', undefined].map((value) => read(boolean, value))).toEqual([
      true,
      false,
      true,
      false,
      undefined,
      undefined,
      undefined,
    ]);
    expect([['1'], { toString: 1 }, 2, 'maybe'].map((value) => read(boolean, value))).toEqual(
      Array(4).fill('rejected'),
    );
    expect(['2.5', '1,250', 3, ' 4 ', '', 'x', 'Infinity'].map((value) => read(number, value))).toEqual([
      2.5,
      1250,
      3,
      4,
      undefined,
      'rejected',
      'rejected',
    ]);
    expect([7, ' 7 ', '', 1.5, 2 ** 60, {}].map((value) => read(id, value))).toEqual([
      '7',
      '7',
      undefined,
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(['a', 1, false, [], null].map((value) => read(text, value))).toEqual([
      'a',
      '1',
      'false',
      'rejected',
      undefined,
    ]);
    expect(['1.10', null].map((value) => read(cents, value))).toEqual([110, undefined]);
    expect([[1], '[1]', '', null, '{', 'x'].map((value) => read(list(number), value))).toEqual([
      [1],
      [1],
      undefined,
      undefined,
      'rejected',
      'rejected',
    ]);
  });

  it.each<[unknown, unknown]>([
    ['2026-02-28', '2026-02-28'],
    ['2026-02-28 23:59:59', '2026-02-28'],
    ['2026-02-28T23:59:59Z', '2026-02-28'],
    ['0000-00-00', undefined],
    ['0000-00-00 00:00:00', undefined],
    ['', undefined],
    [null, undefined],
    ['2026-02-29', 'rejected'],
    ['2026-13-01', 'rejected'],
    ['28.02.2026', 'rejected'],
    [1772236800, 'rejected'],
  ])('reads %j as the date %s', (value, expected) => {
    expect(read(date, value)).toBe(expected);
  });

  it.each<[unknown, unknown]>([
    ['2026-11-20 08:30:00', '2026-11-20T08:30:00.000Z'],
    ['2026-11-20T08:30:00Z', '2026-11-20T08:30:00.000Z'],
    ['2026-11-20T08:30:00.250Z', '2026-11-20T08:30:00.250Z'],
    ['2026-11-20T08:30:00+02:00', '2026-11-20T06:30:00.000Z'],
    ['2026-11-20 08:30:00 +0200', '2026-11-20T06:30:00.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['0000-00-00 00:00:00', undefined],
    ['2026-11-20 25:00:00', 'rejected'],
    ['yesterday', 'rejected'],
  ])('reads %j as the date-time %s', (value, expected) => {
    expect(read(dateTime, value)).toBe(expected);
  });

  it('reads every moment in each of its spellings', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
        (moment) => {
          moment.setUTCMilliseconds(0);
          const iso = moment.toISOString();
          const zoneless = iso.slice(0, 19);
          for (const spelling of [iso, zoneless, zoneless.replace('T', ' '), `${zoneless}Z`, `${zoneless}+00:00`]) {
            expect(read(dateTime, spelling)).toBe(iso);
          }
          expect(read(date, iso)).toBe(iso.slice(0, 10));
        },
      ),
    );
  });
});
