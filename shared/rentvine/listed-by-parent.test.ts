import { describe, expect, test } from 'vitest';
import { ContractError, NotFoundError } from '../errors.ts';
import { recurringCharges } from './resources/recurring-charges.ts';
import { clientUnderTest, rejection } from './testing/client-under-test.ts';
import { startStubServer } from './testing/stub-server.ts';

const page = { page: 1, pageSize: 25 };
const lease = (leaseID: number) => ({ lease: { leaseID, propertyID: 7 } });
const charge = (recurringChargeID: number, leaseID?: number) => ({
  recurringCharge: { recurringChargeID, amount: '10.00', ...(leaseID !== undefined && { leaseID }) },
  account: { accountID: 9, name: 'Rent Income', isRent: '1' },
});

/** A server of leases with charges; a lease without an entry has no such list. */
const serverOf = (charges: Readonly<Record<string, readonly object[]>>, leases = Object.keys(charges).map(Number)) =>
  startStubServer(({ path }) => {
    const url = new URL(path, 'http://localhost');
    const leaseId = /\/leases\/(\d+)\/recurring-charges$/.exec(url.pathname)?.[1];
    if (leaseId === undefined) return { body: leases.map(lease) };
    const all = charges[leaseId];
    if (all === undefined) return { status: 404, body: { error: 'Not found' } };
    const size = Math.min(15, Number(url.searchParams.get('pageSize')));
    const from = (Number(url.searchParams.get('page')) - 1) * size;
    return { body: all.slice(from, from + size) };
  });

describe('a page of what is listed for each lease alone', () => {
  test('is a page of leases with the charges of each, which know their lease and property', async () => {
    await using server = await serverOf({ 1: [charge(11), charge(12, 1)], 2: [], 3: [charge(31)] });
    const { client } = clientUnderTest(server);
    const answer = await client.listPage(recurringCharges, {
      ...page,
      query: { dateTimeModifiedMin: '2026-01-01 00:00:00' },
    });
    expect(answer).toMatchObject({ ids: ['1', '2', '3'], size: 3, objectIds: ['11', '12', '31'], rejected: [] });
    expect(
      answer.rows.map(({ id, data }) => [id, data.propertyId, data.leaseId, data.accountId, data.account]),
    ).toEqual([
      ['11', '7', '1', '9', { accountId: '9', isRent: true }],
      ['12', '7', '1', '9', { accountId: '9', isRent: true }],
      ['31', '7', '3', '9', { accountId: '9', isRent: true }],
    ]);
    const paths = server.seen.map(({ path }) => path);
    expect(paths.filter((path) => path.includes('dateTimeModifiedMin'))).toHaveLength(1);
    expect(paths).toHaveLength(4);
  });

  test('has all charges of a lease, however small the server’s pages are', async () => {
    await using server = await serverOf({ 1: Array.from({ length: 40 }, (_, index) => charge(index + 1)) });
    const { client } = clientUnderTest(server);
    expect((await client.listPage(recurringCharges, page)).objectIds).toHaveLength(40);
  });

  test('sets aside a charge that names another lease', async () => {
    await using server = await serverOf({ 1: [charge(11, 2)] });
    const { client } = clientUnderTest(server);
    expect(await client.listPage(recurringCharges, page)).toMatchObject({
      rows: [],
      rejected: [{ id: '11', reason: 'recurringCharge.leaseId names another one' }],
      objectIds: ['11'],
    });
  });

  test('lacks those of a lease that vanished meanwhile', async () => {
    await using server = await serverOf({ 1: [charge(11)] }, [1, 2]);
    const { client } = clientUnderTest(server);
    expect(await client.listPage(recurringCharges, page)).toMatchObject({ ids: ['1', '2'], objectIds: ['11'] });
  });

  test('is not there where no lease has such a list, which takes few requests to know', async () => {
    await using server = await serverOf(
      {},
      Array.from({ length: 25 }, (_, index) => index + 1),
    );
    const { client } = clientUnderTest(server);
    expect(await rejection(client.listPage(recurringCharges, page))).toBeInstanceOf(NotFoundError);
    expect(server.seen.length).toBeLessThan(15);
  });
});

describe('one of them', () => {
  test('is found in the list of its lease, or is gone', async () => {
    await using server = await serverOf({ 1: [charge(11)] });
    const { client } = clientUnderTest(server);
    expect(await client.readOne(recurringCharges, '11', { leaseId: '1' })).toMatchObject({ id: '11' });
    expect(await rejection(client.readOne(recurringCharges, '12', { leaseId: '1' }))).toBeInstanceOf(NotFoundError);
    expect(await client.tryOne(recurringCharges, '11', { leaseId: '1' })).toMatchObject({ kind: 'there' });
    for (const [id, leaseId] of [
      ['12', '1'],
      ['11', '2'],
    ] as const) {
      expect(await client.tryOne(recurringCharges, id, { leaseId })).toMatchObject({
        kind: 'other',
        answerKind: expect.stringMatching(/^404 json /),
      });
    }
  });

  test('cannot be looked for without its lease', async () => {
    await using server = await serverOf({ 1: [charge(11)] });
    const { client } = clientUnderTest(server);
    expect(await rejection(client.readOne(recurringCharges, '11', {}))).toBeInstanceOf(ContractError);
  });
});
