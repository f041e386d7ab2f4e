import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTimestamp, signatureClaims } from './delivery.ts';
import { subjectsOf } from './event-type.ts';
import { readHint, webhookHintSchema } from './hint.ts';
import { meaningOf } from './targets.ts';

const targetsOf = (hint: Partial<Parameters<typeof meaningOf>[0]>) =>
  meaningOf({ eventType: 'lease.updated', ids: {}, ...hint }).targets.map(
    ({ resource, id }) => `${resource.name} ${id}`,
  );

describe('the name of an event', () => {
  it.each([
    ['workOrder.updated', 'workorder'],
    ['work_order.updated', 'workorder'],
    ['Work Order Updated', 'workorder'],
    ['WORK-ORDER-CREATED', 'workorder'],
    ['workorderupdated', 'workorder'],
    ['WorkOrderCreated', 'workorder'],
    ['leaseChargeCreated', 'leasecharge'],
    ['Lease Charge Updated', 'leasecharge'],
    ['leasecharge.created', 'leasecharge'],
    ['lease.moveOutDateChanged', 'lease'],
  ])('%s is about a %s, whatever its case and separators', (eventType, subject) => {
    expect(subjectsOf(eventType)).toContain(subject);
  });

  it('is about the more specific of two things', () => {
    const subjects = subjectsOf('Lease Charge Created');
    expect(subjects.indexOf('leasecharge')).toBeLessThan(subjects.indexOf('lease'));
  });
});

describe('what a webhook is kept as', () => {
  it('holds ids and the event’s name, and nothing else of what it says', () => {
    const hint = readHint({
      auth: { token: 't', timestamp: 1, signature: 's' },
      event: {
        eventType: 'Work Order Updated',
        objectID: '12',
        objectTypeID: 16,
        userID: '9',
        changes: { description: { previous: 'a', current: 'b' } },
      },
      data: {
        workOrderID: 12,
        propertyID: '3',
        taxPayerID: '123-45',
        description: 'x',
        unitID: { no: 'id' },
        leaseID: 'a b',
      },
    });
    expect(hint).toEqual({
      eventType: 'Work Order Updated',
      objectId: '12',
      objectTypeId: '16',
      ids: { workOrderId: '12', propertyId: '3' },
    });
  });

  it('is the same from the header dialect', () => {
    expect(readHint({ event_id: 'e', event_type: 'work_order.created', data: { id: 5, property_id: '3' } })).toEqual({
      eventType: 'work_order.created',
      objectId: '5',
      ids: { propertyId: '3' },
    });
  });

  it.each([
    {},
    { event: 'x' },
    { event: {} },
    { event: { eventType: '' } },
    { event_type: 5 },
    { event_type: 'x'.repeat(101) },
  ])('is nothing for %j', (json) => expect(readHint(json)).toBeUndefined());

  it('fits the queue’s schema whatever is sent, and never throws', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue());
    const event = fc.record(
      { eventType: fc.string(), objectID: fc.jsonValue(), objectTypeID: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(json, fc.record({ event, data: fc.oneof(json, fc.jsonValue()) })), (sent) => {
        const hint = readHint(sent);
        if (hint === undefined) return;
        const base = { account: 'acme', correlationId: 'c', receivedAt: '2026-11-22T10:00:00.000Z' };
        expect(webhookHintSchema.safeParse({ ...base, ...hint }).success).toBe(true);
        meaningOf(hint);
      }),
    );
  });
});

describe('the object that a hint means', () => {
  it.each([
    [{ eventType: 'lease.updated', objectId: '5', objectTypeId: '4' }, ['leases 5']],
    [{ eventType: 'Property Created', ids: { propertyId: '6' } }, ['properties 6']],
    [{ eventType: 'unit_updated', objectId: '7' }, ['units 7']],
    [{ eventType: 'unit_updated', objectId: '7', objectTypeId: '6', ids: { unitId: '8' } }, ['units 8']],
    [{ eventType: 'Something New', objectId: '9', objectTypeId: '20' }, ['applications 9']],
    [{ eventType: 'contact.updated', objectId: '1', objectTypeId: '3' }, ['tenants 1', 'owners 1', 'vendors 1']],
    [{ eventType: 'pet.created', objectId: '1', objectTypeId: '99' }, []],
    [{ eventType: 'lease.updated' }, []],
  ])('%j is %j', (hint, targets) => {
    expect(targetsOf(hint)).toEqual(targets);
  });

  it('of a lease charge is its lease, never an object with the charge’s id', () => {
    const charge = { eventType: 'Lease Charge Created', objectId: '77', objectTypeId: '9' };
    expect(meaningOf({ ...charge, ids: { leaseId: '5' } })).toMatchObject({ leaseWithTransactions: '5' });
    expect(targetsOf({ ...charge, ids: { leaseId: '5' } })).toEqual(['leases 5']);
    expect(targetsOf(charge)).toEqual([]);
    expect(targetsOf({ eventType: 'leaseCharge.updated', objectId: '77' })).toEqual([]);
  });

  it('is kept for an operator when its event or object is not known', () => {
    expect(meaningOf({ eventType: 'pet.created', ids: {} }).unknown).toContain('not known');
    expect(meaningOf({ eventType: 'lease.updated', ids: {} }).unknown).toContain('leases');
    expect(meaningOf({ eventType: 'lease.updated', objectId: '1', ids: {} }).unknown).toBeUndefined();
    expect(meaningOf({ eventType: 'new', objectId: '1', objectTypeId: '4', ids: {} }).unknown).toContain('not known');
  });
});

describe('a time-stamp', () => {
  it.each([
    ['1795338853', 1_795_338_853_000],
    ['1795338853000', 1_795_338_853_000],
    ['2026-11-22T10:00:53Z', Date.UTC(2026, 10, 22, 10, 0, 53)],
    ['2026-11-22 10:00:53', Date.UTC(2026, 10, 22, 10, 0, 53)],
    ['2026-11-22T12:00:53+02:00', Date.UTC(2026, 10, 22, 10, 0, 53)],
    ['yesterday', undefined],
    ['', undefined],
  ])('%s is %s', (text, expected) => expect(readTimestamp(text)).toBe(expected));
});

describe('the proofs of a delivery', () => {
  const recipe = { parts: ['timestamp', 'token'] as ['timestamp', 'token'], hash: 'sha256', encoding: 'hex' } as const;
  const json = {
    auth: { token: 't', timestamp: 5, signature: 's' },
    event_id: 'e-1',
    timestamp: '2026-11-22T10:00:00Z',
  };
  const delivery = { headers: { 'x-rentvine-signature': 'sha256=ab' }, body: Buffer.from(''), json };

  it('are looked for only in the dialects that the account enables', () => {
    const dialects = (...enabled: ('body' | 'header')[]) =>
      signatureClaims(delivery, { dialects: enabled, recipe }).map(({ dialect }) => dialect);
    expect(dialects('body')).toEqual(['body']);
    expect(dialects('header')).toEqual(['header']);
    expect(dialects('body', 'header')).toEqual(['body', 'header']);
  });

  it('have the event’s id as token in the header dialect, or else the signature', () => {
    const [claim] = signatureClaims(delivery, { dialects: ['header'], recipe });
    expect(claim).toMatchObject({ token: 'e-1', sentAtMs: Date.UTC(2026, 10, 22, 10) });
    const { event_id: _eventId, ...withoutId } = json;
    const [other] = signatureClaims({ ...delivery, json: withoutId }, { dialects: ['header'], recipe });
    expect(other?.token).toBe('ab');
  });
});
