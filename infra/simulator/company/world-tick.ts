import { fakePhone } from '../generator/contacts.ts';
import { dayMs, isoDate } from '../generator/dates.ts';
import { between, pick, type Random, randomFor } from '../generator/random.ts';
import { centsOf, dollars, numberAt, objectsAt, textAt, type WireObject } from '../generator/wire-object.ts';
import type { ResourceName } from '../resources/catalogue.ts';
import { leaseStatuses } from '../resources/leases.ts';
import { currentCharges, rentOfLease } from '../resources/recurring-charges.ts';
import { leaseTransaction, transactionTypes } from '../resources/transactions.ts';
import { workOrderStatusID } from '../resources/work-order-statuses.ts';
import { workOrderStates } from '../resources/work-orders.ts';
import type { World } from './world.ts';

interface Scene {
  readonly world: World;
  readonly random: Random;
  /** A random object of the resource, if it has any. */
  any(resource: ResourceName): WireObject | undefined;
}

/** Lets something happen; answers whether the company had what it takes. */
type Happening = (scene: Scene) => boolean;

const happenings: readonly { readonly share: number; readonly happen: Happening }[] = [
  { share: 0.25, happen: payRent },
  { share: 0.1, happen: postCharge },
  { share: 0.15, happen: openWorkOrder },
  { share: 0.2, happen: moveWorkOrderOn },
  { share: 0.1, happen: giveNotice },
  { share: 0.1, happen: changePhone },
  { share: 0.05, happen: voidTransaction },
  { share: 0.05, happen: changeRent },
];

/** A function that lets one believable thing happen in `world`; the same seed gives the same sequence. */
export function makeTick(world: World, seed: number): () => void {
  const random = randomFor(seed, 91);
  // Picking at random needs the ids as a list; it is kept until objects come or go.
  const ids = new Map<ResourceName, number[]>();
  world.onChange(({ resource, type }) => {
    if (type !== 'updated') ids.delete(resource);
  });
  const scene: Scene = {
    world,
    random,
    any(resource) {
      const list = ids.get(resource) ?? world.ids(resource);
      ids.set(resource, list);
      return world.get(resource, list[Math.floor(random() * list.length)]);
    },
  };
  return () => {
    let share = random();
    const chosen = happenings.findIndex((happening) => {
      share -= happening.share;
      return share < 0;
    });
    const inTurn = [...happenings.slice(chosen), ...happenings.slice(0, chosen)];
    inTurn.some(({ happen }) => happen(scene));
  };
}

function payRent({ world, any, random }: Scene): boolean {
  const lease = any('leases');
  const leaseID = numberAt(lease, 'leaseID');
  if (leaseID === undefined || lease?.primaryLeaseStatusID !== leaseStatuses.active) return false;
  const [paid, ...stillUnpaid] = world.unpaidCharges(leaseID);
  post(world, leaseID, {
    transactionTypeID: transactionTypes.leasePayment,
    amount: textAt(paid, 'amount') || dollars(rentOfLease(world, leaseID, isoDate(world.clock()))),
    description: 'Rent payment',
    reference: `REF${between(random, 100_000, 999_999)}`,
  });
  if (paid !== undefined) world.setUnpaidCharges(leaseID, stillUnpaid);
  return true;
}

function postCharge({ world, any, random }: Scene): boolean {
  const lease = any('leases');
  const leaseID = numberAt(lease, 'leaseID');
  if (leaseID === undefined || lease?.primaryLeaseStatusID !== leaseStatuses.active) return false;
  const amount = dollars(between(random, 20, 120) * 100);
  const description = pick(random, ['Late fee', 'Water', 'Parking', 'Pet fee']);
  const transaction = post(world, leaseID, {
    transactionTypeID: transactionTypes.leaseCharge,
    amount,
    description,
    reference: null,
  });
  const charge: WireObject = {
    chargeID: numberAt(transaction, 'transactionID') ?? 0,
    description,
    amount,
    unpaidAmount: amount,
    dueDate: isoDate(world.clock() + 5 * dayMs),
    isOverdue: false,
  };
  world.setUnpaidCharges(leaseID, [...world.unpaidCharges(leaseID), charge]);
  return true;
}

function post(world: World, leaseID: number, fields: WireObject): WireObject {
  const datePosted = isoDate(world.clock());
  return world.create('transactions', leaseTransaction(world, leaseID, { ...fields, datePosted }));
}

function openWorkOrder({ world, any, random }: Scene): boolean {
  const unit = any('units');
  if (unit === undefined) return false;
  const lease = world.get('leases', numberAt(unit, 'leaseID'));
  world.create('workOrders', {
    workOrderNumber: `WO-${between(random, 100_000, 999_999)}`,
    propertyID: numberAt(unit, 'propertyID') ?? null,
    unitID: numberAt(unit, 'unitID') ?? null,
    leaseID: numberAt(lease, 'leaseID') ?? null,
    primaryWorkOrderStatusID: workOrderStates.pending,
    workOrderStatusID: workOrderStatusID(workOrderStates.pending, 0),
    priorityID: between(random, 1, 3),
    sourceTypeID: between(random, 1, 5),
    description: pick(random, ['Lock is stuck', 'No hot water', 'Window does not close', 'Power socket is dead']),
    isOwnerApproved: false,
    isVacant: lease === undefined,
    isSharedWithTenant: lease !== undefined,
    isSharedWithOwner: false,
    vendorContactID: null,
    requestedByContactID: numberAt(objectsAt(lease, 'tenants')[0], 'contactID') ?? null,
    estimatedAmount: null,
  });
  return true;
}

/** Pending becomes open, open is scheduled and then closed, closed and on hold are opened again. */
function moveWorkOrderOn({ world, any, random }: Scene): boolean {
  const workOrder = any('workOrders');
  const id = numberAt(workOrder, 'workOrderID');
  if (workOrder === undefined || id === undefined) return false;
  const isOpen = workOrder.primaryWorkOrderStatusID === workOrderStates.open;
  if (isOpen && workOrder.scheduledStartDate === null) {
    world.update('workOrders', id, {
      scheduledStartDate: isoDate(world.clock() + between(random, 1, 9) * dayMs),
      estimatedAmount: dollars(between(random, 50, 900) * 100),
      vendorContactID: numberAt(any('vendors'), 'contactID') ?? null,
    });
  } else {
    const state = isOpen ? workOrderStates.closed : workOrderStates.open;
    world.update('workOrders', id, {
      primaryWorkOrderStatusID: state,
      workOrderStatusID: workOrderStatusID(state, 0),
    });
  }
  return true;
}

function giveNotice({ world, any, random }: Scene): boolean {
  const lease = any('leases');
  const id = numberAt(lease, 'leaseID');
  if (id === undefined || lease?.primaryLeaseStatusID !== leaseStatuses.active) return false;
  world.update('leases', id, {
    noticeDate: isoDate(world.clock()),
    expectedMoveOutDate: isoDate(world.clock() + between(random, 30, 60) * dayMs),
  });
  return true;
}

function changePhone({ world, any, random }: Scene): boolean {
  const id = numberAt(any('tenants'), 'contactID');
  if (id === undefined) return false;
  world.update('tenants', id, { phone: fakePhone(random()) });
  return true;
}

function voidTransaction({ world, any }: Scene): boolean {
  const transaction = any('transactions');
  const id = numberAt(transaction, 'transactionID');
  if (id === undefined || transaction?.isVoided === true) return false;
  world.voidTransaction(id);
  return true;
}

/** The unit's rent, and with it what its tenant pays: the charge ends today, and one that is higher begins tomorrow. */
function changeRent({ world, any }: Scene): boolean {
  const unit = any('units');
  const id = numberAt(unit, 'unitID');
  if (id === undefined) return false;
  world.update('units', id, { rent: dollars(centsOf(unit?.rent) + 25_00) });
  const leaseID = numberAt(unit, 'leaseID');
  const today = isoDate(world.clock());
  const charge = currentCharges(world, leaseID ?? 0, today).find((current) => current.endDate === null);
  const chargeID = numberAt(charge, 'recurringChargeID');
  if (charge === undefined || chargeID === undefined) return true;
  world.update('recurringCharges', chargeID, { endDate: today });
  world.create('recurringCharges', {
    ...charge,
    amount: dollars(centsOf(charge.amount) + 25_00),
    startDate: isoDate(world.clock() + dayMs),
  });
  return true;
}
