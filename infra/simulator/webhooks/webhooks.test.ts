import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { World } from '../company/world.ts';
import { startSimulator } from '../simulator.ts';
import { sendWebhooks, type WebhookOptions } from './webhooks.ts';

const delivered = z.object({
  auth: z.object({ token: z.string(), timestamp: z.number(), signature: z.string() }),
  event: z.object({ eventType: z.string(), objectID: z.string(), objectTypeID: z.string(), changes: z.any() }),
  data: z.record(z.string(), z.unknown()),
});

const loose = z.object({ event: z.looseObject({ eventType: z.string() }), data: z.record(z.string(), z.unknown()) });

let url = '';
let received: { headers: IncomingHttpHeaders; body: unknown }[];
let statuses: number[];
let world: World;
let close: () => Promise<void>;

beforeEach(async () => {
  received = [];
  statuses = [];
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await json(request) });
    response.writeHead(statuses.shift() ?? 202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/webhooks/rentvine/acme`;
  const simulator = await startSimulator({ counts: { leases: 10, workOrders: 10 } });
  world = simulator.world();
  close = async () => {
    server.closeAllConnections();
    await Promise.all([simulator.stop(), new Promise((resolve) => server.close(resolve))]);
  };
});

afterEach(() => close());

const start = (options: Partial<WebhookOptions> = {}) => sendWebhooks(world, { url, signingKey: 'key', ...options });

describe('the simulator’s webhooks', () => {
  it('tell what Rentvine has events for, signed in the body', async () => {
    const webhooks = start();
    world.update('workOrders', 3, { description: 'dripping' });
    world.update('vendors', world.ids('vendors')[0] ?? 0, { phone: '1' });
    world.delete('workOrders', 4);
    await webhooks.stop();
    world.update('workOrders', 5, { description: 'after the end' });
    await webhooks.settled();
    const first = delivered.parse(received.find(({ body }) => delivered.parse(body).event.objectTypeID === '16')?.body);
    expect(first.event).toMatchObject({
      eventType: 'maintenance::workOrderUpdated',
      objectID: '3',
      objectTypeID: '16',
    });
    expect(first.event.changes.description.current).toBe('dripping');
    expect(first.data).toMatchObject({ workOrderID: '3' });
    const { token, timestamp, signature } = first.auth;
    expect(signature).toBe(createHmac('sha256', 'key').update(`${timestamp}${token}`).digest('hex'));
    expect(webhooks.unsent).toBeGreaterThanOrEqual(2);
    expect(received.some(({ body }) => delivered.parse(body).event.objectID === '5')).toBe(false);
  });

  it('tell of a charge with its lease, and of the lease', async () => {
    const webhooks = start();
    const { transactionID } = world.create('transactions', { transactionTypeID: 1, leaseID: 2, amount: '5.00' });
    await webhooks.stop();
    const events = received.map(({ body }) => delivered.parse(body));
    expect(events.map(({ event }) => event.eventType).sort()).toEqual([
      'lease::leaseChargeCreated',
      'lease::leaseUpdated',
    ]);
    expect(events.find(({ event }) => event.eventType === 'lease::leaseChargeCreated')).toMatchObject({
      event: { objectID: String(transactionID), objectTypeID: '9' },
      data: { leaseID: '2' },
    });
  });

  it('are signed in a header where that is asked for', async () => {
    const webhooks = start({ dialect: 'header' });
    world.update('workOrders', 3, { description: 'x' });
    await webhooks.stop();
    expect(received[0]).toMatchObject({
      headers: { 'x-rentvine-signature': expect.stringMatching(/^sha256=[0-9a-f]{64}$/) },
      body: { event_type: 'work_order.updated', data: { workOrderID: '3' } },
    });
  });

  it('come twice, late or not at all as they are told to, and again when they were not taken', async () => {
    statuses = [503, 500];
    const doubled = start({ duplicates: 1, attempts: 4 });
    world.update('workOrders', 3, { description: 'x' });
    await doubled.settled();
    await doubled.stop();
    expect(received).toHaveLength(4);
    expect(doubled.sent.map(({ status }) => status)).toEqual([202, 202]);
    const lost = start({ lost: 1 });
    world.update('workOrders', 3, { description: 'y' });
    await lost.stop();
    expect([lost.sent.length, lost.unsent]).toEqual([0, 1]);
  });

  const sentFor = async (options: Partial<WebhookOptions>, change: () => void) => {
    received = [];
    const webhooks = start(options);
    change();
    await webhooks.stop();
    return received.map(({ body }) => loose.parse(body));
  };
  const changeWorkOrder = (text: string) => () =>
    void world.update('workOrders', 3, { description: text, isVacant: true, priorityID: 3 });

  it.each([
    ['plain', 'workOrder.updated', 'unit.updated'],
    ['namespaced', 'maintenance::workOrderUpdated', 'property::unitUpdated'],
    ['nested', 'maintenance::workOrder::updated', 'property::unit::updated'],
    ['words', 'Work Order Updated', 'Unit Updated'],
    ['snake', 'work_order.updated', 'unit.updated'],
  ] as const)('are named %s', async (eventNames, workOrder, unit) => {
    const [first] = await sentFor({ eventNames }, changeWorkOrder(eventNames));
    expect(first?.event.eventType).toBe(workOrder);
    const [second] = await sentFor({ eventNames }, () => void world.update('units', 2, { size: 1 + Math.random() }));
    expect(second?.event.eventType).toBe(unit);
  });

  it('may lack the object’s id or type, or name another object’s: the own id is in the data', async () => {
    const propertyID = String(world.get('workOrders', 3)?.propertyID);
    const [bare] = await sentFor({ objectIds: 'missing', objectTypeIds: 'missing' }, changeWorkOrder('a'));
    expect(bare?.event).not.toHaveProperty('objectID');
    expect(bare?.event).not.toHaveProperty('objectTypeID');
    expect(bare?.data).toMatchObject({ workOrderID: '3', propertyID });
    const [parent] = await sentFor({ objectIds: 'parent' }, changeWorkOrder('b'));
    expect(parent?.event).toMatchObject({ objectID: propertyID, objectTypeID: '6' });
    const [ids] = await sentFor({ data: 'ids' }, changeWorkOrder('c'));
    expect(ids?.data).toEqual({ workOrderID: '3', propertyID });
    const whole = (await sentFor({}, changeWorkOrder('d')))[0]?.data;
    expect(whole).toMatchObject({ workOrderID: '3', description: 'd' });
  });

  it('say what changed as an object, a list, in part, or not at all, and who did it', async () => {
    const changes = async (way: NonNullable<WebhookOptions['changes']>, text: string) =>
      (await sentFor({ changes: way, userId: '8' }, changeWorkOrder(text)))[0]?.event;
    world.update('workOrders', 3, { isVacant: false, priorityID: 1, description: '' });
    expect(await changes('object', 'e')).toMatchObject({
      userID: '8',
      changes: { description: { previous: '', current: 'e' }, priorityID: { previous: 1, current: 3 } },
    });
    world.update('workOrders', 3, { isVacant: false, priorityID: 1 });
    const list = await changes('list', 'f');
    expect(list?.changes).toContainEqual({ field: 'description', previous: 'e', current: 'f' });
    world.update('workOrders', 3, { isVacant: false, priorityID: 1 });
    expect(Object.keys(z.record(z.string(), z.unknown()).parse((await changes('incomplete', 'g'))?.changes))).toEqual([
      'description',
    ]);
    expect(await changes('none', 'h')).not.toHaveProperty('changes');
  });

  it('may come with an event that nobody has heard of', async () => {
    const events = await sentFor({ unknownEvents: 1 }, changeWorkOrder('i'));
    expect(events.map(({ event }) => event.eventType).toSorted()).toEqual([
      'maintenance::workOrderUpdated',
      'screening::scoreRecalculated',
    ]);
  });
});
