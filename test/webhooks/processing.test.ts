import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect } from 'vitest';
import { sendWebhooks } from '../../infra/simulator/webhooks/webhooks.ts';
import { discardDeadLetter, showDeadLetter } from '../../shared/store/dead-letters.ts';
import { onStack } from '../fixtures.ts';
import type { Company } from '../integration/company.ts';
import { asTimePasses, eventually, until } from '../integration/eventually.ts';
import { expectedData, expectMirror, holds } from '../integration/mirror.ts';
import { signingKey, type WebhookClient } from './webhook-harness.ts';

const it = onStack();

const updated = (eventType: string, objectTypeID: string) => (id: number) => ({
  eventType,
  objectID: String(id),
  objectTypeID,
});
const workOrder = updated('Work Order Updated', '16');

async function tell(client: WebhookClient, ...events: Record<string, unknown>[]): Promise<void> {
  const answers = await Promise.all(events.map((event) => client.post(client.about(event))));
  expect(answers.map(({ status }) => status)).toEqual(events.map(() => 202));
}

const isStored = async (company: Company, resource: 'workOrders' | 'leases' | 'units', id: number) => {
  const record = (await company.stored(resource)).get(String(id));
  return record !== undefined && holds(record, expectedData(company, resource, id));
};

describe('a webhook about an object that is gone', () => {
  it('marks its record deleted, ten a day at most; the rest is left to the full sync', async ({
    company,
    webhooks,
  }) => {
    await company.sync('workOrders', 'full');
    const gone = company.world.ids('workOrders').slice(0, 12);
    for (const id of gone) company.world.delete('workOrders', id);
    await tell(webhooks, ...gone.map(workOrder));
    await until('all hints are worked off', () => webhooks.queued() === 0);
    const deleted = [...(await company.stored('workOrders')).values()].filter((record) => record.deletedAt);
    expect(deleted).toHaveLength(10);
    expect(await webhooks.deadLetters()).toEqual([]);
    await company.sync('workOrders', 'full');
    await expectMirror(company, 'workOrders');
  });

  it('deletes nothing where single reads find nothing at all', async ({ company, webhooks }) => {
    await company.sync('workOrders', 'full');
    await company.putSecret({
      webhook: { dialects: ['body'], signingKeys: [signingKey] },
      paths: { workOrders: { one: '/no-such-path/{id}' } },
    });
    await tell(webhooks, workOrder(1));
    const [letter] = await webhooks.deadLettersComing(1);
    expect(letter).toMatchObject({ code: 'CONTRACT', resource: 'workOrders', source: 'webhook-events' });
    expect((await company.record('workOrders', 1)).deletedAt).toBeUndefined();
  });
});

describe('a webhook whose event carries a namespace', () => {
  it('reads the object of its own id, not what its objectID names, and the change event says who acted', async ({
    company,
    webhooks,
  }) => {
    const { world } = company;
    await company.syncAll(['workOrders', 'units', 'properties'], 'full');
    const unit = world.get('units', 7);
    world.update('units', 7, { name: 'renamed' });
    world.update('workOrders', 3, { description: 'changed by a program' });
    const about = (event: Record<string, unknown>, data: Record<string, unknown>) =>
      webhooks.post(webhooks.about({ userID: '42', changes: [{ field: 'name' }], ...event }, { data }));
    await about(
      { eventType: 'property::unit::updated', objectID: String(unit?.propertyID), objectTypeID: '6' },
      { unitID: 7, propertyID: unit?.propertyID ?? null },
    );
    await about({ eventType: 'maintenance::workOrderUpdated' }, { workOrderID: '3' });
    await until('the unit', () => isStored(company, 'units', 7));
    await until('the work order', () => isStored(company, 'workOrders', 3));
    for (const [resource, id] of [
      ['units', '7'],
      ['workOrders', '3'],
    ] as const) {
      const told = await eventually(`the event of ${resource}`, () =>
        company.events(resource).find((event) => event.id === id && event.revision === 2),
      );
      expect(told).toMatchObject({ actor: '42', change: 'updated' });
    }
    expect(company.events('properties').filter(({ change }) => change === 'updated')).toEqual([]);
    expect(
      company
        .events('units')
        .filter(({ id }) => id !== '7')
        .every(({ actor }) => actor === undefined),
    ).toBe(true);
  });
});

describe('a webhook about a lease charge', () => {
  it('refreshes the lease and its recent transactions', async ({ company, webhooks }) => {
    const { world } = company;
    await company.syncAll(['leases', 'transactions'], 'full');
    const lease = world.all('leases').find(({ primaryLeaseStatusID }) => primaryLeaseStatusID === 2);
    const leaseID = Number(lease?.leaseID);
    const today = new Date().toISOString().slice(0, 10);
    const { transactionID } = world.create('transactions', {
      transactionTypeID: 1,
      leaseID,
      propertyID: lease?.propertyID ?? null,
      amount: '55.00',
      datePosted: today,
    });
    const charge = { eventType: 'Lease Charge Created', objectID: String(transactionID), objectTypeID: '9' };
    await webhooks.post(webhooks.about(charge, { data: { leaseID: String(leaseID) } }));
    await until('the charge is stored', async () => (await company.stored('transactions')).has(String(transactionID)));
    await until('the lease is stored', () => isStored(company, 'leases', leaseID));
  });
});

describe('a webhook about a new unit', () => {
  it('makes it a record, whether or not it says which property the unit belongs to', async ({ company, webhooks }) => {
    const create = () => Number(company.world.create('units', { propertyID: 2, name: 'new' }).unitID);
    const [first, second] = [create(), create()];
    const event = updated('Unit Created', '7');
    await webhooks.post(webhooks.about(event(first), { data: { unitID: first, propertyID: 2 } }));
    await until('the first unit', () => isStored(company, 'units', first));
    expect((await company.stored('units')).has(String(second))).toBe(false);
    await tell(webhooks, event(second));
    await until('the second unit', () => isStored(company, 'units', second));
    await until('nothing is queued', () => webhooks.queued() === 0);
    expect(await webhooks.deadLetters()).toEqual([]);
  });
});

describe('the simulator’s own webhooks', () => {
  it('keep the copy current without any sync, doubled and out of order as they come', async ({ company, webhooks }) => {
    const { world } = company;
    await company.syncAll(['workOrders', 'units'], 'full');
    const sender = sendWebhooks(world, { url: webhooks.url, signingKey, duplicates: 0.3, outOfOrder: 0.3 });
    world.update('units', 2, { rent: '1999.00' });
    world.update('workOrders', 4, { description: 'first' });
    world.update('workOrders', 4, { description: 'second' });
    const { workOrderID } = world.create('workOrders', { description: 'new', propertyID: 1 });
    await sender.stop();
    expect(sender.sent.every(({ status }) => status === 202)).toBe(true);
    await until('the unit', () => isStored(company, 'units', 2));
    await until('the work orders', async () => {
      return (await isStored(company, 'workOrders', 4)) && (await isStored(company, 'workOrders', Number(workOrderID)));
    });
  });
});

describe('an outage', () => {
  it('parks hints without using up their tries, makes no dead letters, and is caught up by itself', async ({
    harness,
    company,
    webhooks,
  }) => {
    company.simulator.faults.down(true);
    const ids = company.world.ids('workOrders').slice(0, 15);
    await tell(webhooks, ...ids.map(workOrder));
    await until('hints are parked', () => harness.logs.some((line) => line.includes('WebhookHintsParked')));
    await until('all of them are', () => {
      const { delayed = 0, visible = 0 } = harness.stack.queueDepths()[harness.platform.nameOf('webhook-events')] ?? {};
      return delayed > 0 && visible === 0;
    });
    company.simulator.faults.down(false);
    await until(
      'all hints are worked off',
      asTimePasses(harness.clock, () => webhooks.queued() === 0),
    );
    for (const id of ids) expect(await isStored(company, 'workOrders', id), `work order ${id}`).toBe(true);
    expect(await webhooks.deadLetters()).toEqual([]);
  });
});

describe('a poison message', () => {
  it('ends as one dead letter with its reason; two operators redrive it once after the fix', async ({
    harness,
    company,
    webhooks,
  }) => {
    company.simulator.forbid(['workOrders']);
    const answer = await webhooks.post(webhooks.about(workOrder(7)));
    const [letter, ...others] = await webhooks.deadLettersComing(1);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      status: 'open',
      source: 'webhook-events',
      deadLetterQueue: 'aictive-dev-webhook-events-dlq',
      account: company.account,
      resource: 'workOrders',
      code: 'FORBIDDEN',
      message: expect.stringContaining('403'),
      receiveCount: 5,
      correlationId: answer.body.correlationId,
    });
    const id = letter?.id ?? '';
    expect(JSON.parse((await showDeadLetter(harness.state, id))?.body ?? '')).toMatchObject({ objectId: '7' });

    company.simulator.forbid([]);
    const outcomes = await Promise.all([webhooks.redrive(id, 'anna'), webhooks.redrive(id, 'bert')]);
    expect(outcomes).toContain('done');
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    await until('the work order is stored', () => isStored(company, 'workOrders', 7));
    expect(await webhooks.deadLetters()).toEqual([]);
    expect(await webhooks.redrive(id)).toBe('alreadyClosed');
    expect(await webhooks.redrive('no-such-letter')).toBe('notFound');
    expect((await company.record('workOrders', 7)).correlationId).toBe(answer.body.correlationId);
  });

  it('can be discarded with a reason, once, and both are audited', async ({ harness }) => {
    const { platform, clock } = harness;
    const QueueUrl = await platform.queueUrl('webhook-events');
    const message = new SendMessageCommand({ QueueUrl, MessageBody: 'no hint at all' });
    const { MessageId = '' } = await platform.sqs.send(message);
    const isKept = async () => (await showDeadLetter(harness.state, MessageId)) !== undefined;
    await until('the dead letter is kept', asTimePasses(clock, isKept));
    const letter = await showDeadLetter(harness.state, MessageId);
    expect(letter).toMatchObject({ code: 'CONTRACT', body: 'no hint at all', status: 'open' });
    const discard = (reason: string) =>
      discardDeadLetter(harness.state, MessageId, { operator: 'anna', reason }, clock.now());
    await expect(discard(' ')).rejects.toThrow('for a reason');
    expect(await discard('a test sent it')).toBe('done');
    expect(await discard('again')).toBe('alreadyClosed');
    const { Items = [] } = await harness.state.client.send(
      new QueryCommand({
        TableName: harness.state.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `audit#${clock.now().toISOString().slice(0, 7)}` },
      }),
    );
    const actions = Items.map(({ action, operator, details }) => ({ action, operator, reason: details.reason }));
    expect(actions).toContainEqual({ action: 'discard-dead-letter', operator: 'anna', reason: 'a test sent it' });
    expect(actions.filter(({ action }) => action === 'redrive-dead-letter')).toHaveLength(1);
  });
});
