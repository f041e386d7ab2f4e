import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resources } from '../rentvine/resources/catalogue.ts';
import { readTimestamp, signatureClaims } from './delivery.ts';
import { readHint, webhookHintSchema } from './hint.ts';
import { meaningOf } from './targets.ts';

const resourceNamed = (name: string) => {
  const resource = resources.find((each) => each.name === name);
  if (resource === undefined) throw new Error(`There is no resource ${name}.`);
  return resource;
};

const targetsOf = (hint: Partial<Parameters<typeof meaningOf>[0]>) =>
  meaningOf({ eventType: 'lease.updated', ids: {}, ...hint }).targets.map(
    ({ resource, id }) => `${resource.name} ${id}`,
  );

describe('the name of an event', () => {
  it.each([
    ['workOrder.updated', 'workOrders'],
    ['work_order.updated', 'workOrders'],
    ['Work Order Updated', 'workOrders'],
    ['WORK-ORDER-CREATED', 'workOrders'],
    ['workorderupdated', 'workOrders'],
    ['work_orders.created', 'workOrders'],
    ['maintenance::workOrderUpdated', 'workOrders'],
    ['maintenance::workOrder::created', 'workOrders'],
    ['maintenance::workOrder::statusChanged', 'workOrders'],
    ['MAINTENANCE::WORKORDERUPDATED', 'workOrders'],
    ['updateWorkOrder', 'workOrders'],
    ['property::unit::updated', 'units'],
    ['property.unit.updated', 'units'],
    ['PropertyUnitUpdated', 'units'],
    ['property::updated', 'properties'],
    ['properties/updated', 'properties'],
    ['lease::leaseUpdated', 'leases'],
    ['lease.moveOutDateChanged', 'leases'],
    ['screening:application:created', 'applications'],
  ])('%s is about one of %s, whatever its case, separators and namespace', (eventType, resource) => {
    expect(meaningOf({ eventType, objectId: '7', ids: {} })).toEqual({
      targets: [{ resource: resourceNamed(resource), id: '7' }],
    });
  });

  it.each(['leaseChargeCreated', 'Lease Charge Updated', 'lease::charge::created', 'leasecharge.created'])(
    '%s is about the more specific of two things, a charge',
    (eventType) => {
      expect(meaningOf({ eventType, ids: { leaseId: '5' } })).toMatchObject({ leaseWithTransactions: '5' });
    },
  );

  it.each([
    'property::inspection::added',
    'unit/photoAdded',
    'lease:pet:created',
    'maintenance::technicianUpdated',
    'pressReleaseUpdated',
    'property::',
    '::',
  ])('%s is kept for an operator, and its objectID is taken for no other thing’s', (eventType) => {
    const { targets, unknown } = meaningOf({ eventType, objectId: '7', ids: {} });
    const isKnown = eventType === 'property::';
    expect(unknown !== undefined).toBe(!isKnown);
    expect(targets).toHaveLength(isKnown ? 1 : 0);
  });

  it('of an unknown thing lets what it surely belongs to be read', () => {
    const { targets, unknown } = meaningOf({
      eventType: 'lease::pet::created',
      objectId: '77',
      objectTypeId: '41',
      ids: { leaseId: '5' },
    });
    expect(targets).toEqual([{ resource: resourceNamed('leases'), id: '5' }]);
    expect(unknown).toContain('not known');
  });

  it('is understood with any namespace, separators, casing and verb', () => {
    const subjects = fc.constantFrom(
      ['property', 'properties'],
      ['unit', 'units'],
      ['lease', 'leases'],
      ['work order', 'workOrders'],
      ['application', 'applications'],
      ['bill', 'bills'],
      ['portfolio', 'portfolios'],
    );
    const verb = fc.constantFrom('created', 'updated', 'deleted', 'changed', 'create', 'update');
    const namespaces = fc.array(
      fc.oneof(
        fc.constantFrom('maintenance', 'property', 'unit', 'lease', 'accounting', 'rentvine', 'v2'),
        fc.stringMatching(/^[a-z]{1,12}$/),
      ),
      { maxLength: 3 },
    );
    const inWords = fc.constantFrom<(words: string[]) => string>(
      (words) => words.join(' '),
      (words) => words.join('_'),
      (words) => words.join('-'),
      (words) => words.join('.'),
      (words) => words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(''),
      (words) => words.map((word, index) => (index > 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word)).join(''),
    );
    const casing = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => text.toLowerCase(),
      (text) => text.toUpperCase(),
      (text) => [...text].map((letter, index) => (index % 2 ? letter.toUpperCase() : letter.toLowerCase())).join(''),
    );
    fc.assert(
      fc.property(
        subjects,
        verb,
        namespaces,
        fc.constantFrom('::', ':', '/', '.', '_', ' '),
        fc.boolean(),
        inWords,
        casing,
        ([subject = '', resource = ''], eventVerb, before, separator, isApart, spell, caseOf) => {
          const thing = subject.split(' ');
          const name = isApart ? [spell(thing), eventVerb] : [spell([...thing, eventVerb])];
          const eventType = caseOf([...before, ...name].join(separator));
          const hint = { eventType, objectId: '1', objectTypeId: '6', ids: { [resourceNamed(resource).idField]: '8' } };
          const id = resource === 'properties' ? '1' : '8';
          expect([eventType, ...targetsOf(hint)]).toEqual([eventType, `${resource} ${id}`]);
          expect(meaningOf(hint).unknown).toBeUndefined();
        },
      ),
      { numRuns: 1000 },
    );
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
      userId: '9',
      ids: { workOrderId: '12', propertyId: '3' },
    });
  });

  it.each([
    ['an object', { description: { previous: 'a', current: 'b' } }],
    ['a list', [{ field: 'description', previous: 'a', current: 'b' }]],
    ['nothing', undefined],
    ['nonsense', 'x'],
  ])('is the same with changes that are %s, and finds the own id in a wrapped row', (_, changes) => {
    const event = { eventType: 'maintenance::workOrderUpdated', changes };
    const expected = { eventType: event.eventType, ids: { workOrderId: '12', propertyId: '3' } };
    expect(readHint({ event, data: { workOrderID: '12', propertyID: 3 } })).toEqual(expected);
    expect(readHint({ event, data: { workOrder: { workOrderID: '12', propertyID: 3 }, contact: null } })).toEqual(
      expected,
    );
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
    [{ eventType: 'property::unit::updated', objectId: '9', objectTypeId: '6', ids: { unitId: '7' } }, ['units 7']],
    [{ eventType: 'property::unit::updated', objectId: '9', objectTypeId: '6', ids: { propertyId: '9' } }, []],
    [{ eventType: 'maintenance::workOrderUpdated', ids: { workOrderId: '12', unitId: '2' } }, ['workOrders 12']],
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
