import { dayMs, isoDate, isoSecond } from '../generator/dates.ts';
import { personalCustomFields } from '../generator/personal.ts';
import { at, type Plan, pastYearMs, tenantContactID, tenantsOfLease, vendorContactID } from '../generator/plan.ts';
import { between, pick, randomFor } from '../generator/random.ts';
import { dollars, numberAt, type WireObject } from '../generator/wire-object.ts';
import { days, flagged, oneOf } from './filters.ts';
import { properties } from './properties.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';
import { units } from './units.ts';
import { vendors } from './vendors.ts';
import { workOrderStatusID } from './work-order-statuses.ts';

const stream = 51;

/** Rentvine's primaryWorkOrderStatusID. */
export const workOrderStates = { pending: 1, open: 2, closed: 3, onHold: 4, cancelled: 5 } as const;

const problems = [
  'Kitchen tap drips',
  'Heating does not start',
  'Door lock is stuck',
  'Leak under the sink',
  'Smoke alarm beeps',
];

/** A work order; lower numbers are older, most are closed. */
function workOrder(plan: Plan, index: number, count: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const unit = between(random, 0, plan.counts.units - 1);
  const lease = at(plan.leaseOfUnit, unit);
  const tenant = lease < 0 ? undefined : tenantsOfLease(plan, lease)[0];
  const createdMs = pastYearMs(plan, 1 - (index + random()) / count);
  const status = random() < 0.01 ? 11 : random() < 0.65 ? 3 : pick(random, [1, 2, 2, 4, 5]);
  const scheduledMs = createdMs + between(random, 1, 20) * dayMs;
  const isScheduled = random() < 0.7;
  const hasWindow = isScheduled && random() < 0.5;
  return {
    workOrderID: index + 1,
    workOrderNumber: `WO-${10_000 + index}`,
    propertyID: at(plan.propertyOfUnit, unit) + 1,
    unitID: unit + 1,
    leaseID: lease < 0 ? null : lease + 1,
    primaryWorkOrderStatusID: status,
    workOrderStatusID: workOrderStatusID(Math.min(status, 5), between(random, 0, 2)),
    priorityID: pick(random, [1, 2, 2, 3]),
    sourceTypeID: random() < 0.02 ? 8 : between(random, 1, 6),
    description: `${pick(random, problems)}. ${pick(random, plan.pools.jobs)}`,
    isOwnerApproved: random() < 0.6,
    isVacant: lease < 0,
    isSharedWithTenant: lease >= 0 && random() < 0.7,
    isSharedWithOwner: random() < 0.4,
    vendorContactID:
      plan.counts.vendors === 0 || random() < 0.3 ? null : vendorContactID(plan, index % plan.counts.vendors),
    vendorTradeID: random() < 0.4 ? null : between(random, 1, 12),
    assignedToUserID: random() < 0.2 ? null : between(random, 1, 8),
    requestedByContactID: tenant === undefined ? null : tenantContactID(plan, tenant),
    estimatedAmount: random() < 0.5 ? null : dollars(between(random, 40, 1_500) * 100 + pick(random, [0, 50, 99])),
    scheduledStartDate: isScheduled ? isoDate(scheduledMs) : null,
    scheduledEndDate: isScheduled ? isoDate(scheduledMs + dayMs) : null,
    appointmentWindowStartDateTime: hasWindow ? isoSecond(scheduledMs) : null,
    appointmentWindowEndDateTime: hasWindow ? isoSecond(scheduledMs + 2 * 3_600_000) : null,
    dateTimeCreated: isoSecond(createdMs),
    dateTimeModified: isoSecond(Math.min(createdMs + random() * 20 * dayMs, plan.nowMs - dayMs)),
    ...(random() < 0.1 ? { warrantyClaimReference: `W-${index}` } : {}),
    ...personalCustomFields(plan, stream, index),
  };
}

export const workOrders: SimulatedResource<'workOrders'> = {
  name: 'workOrders',
  rowKey: 'workOrder',
  idKey: 'workOrderID',
  objectTypeID: 16,
  listPath: '/maintenance/work-orders',
  onePath: '/maintenance/work-orders/{workOrderID}',
  count: { small: 240, isActivity: true },
  needs: units,
  dates: 'modified',
  make: workOrder,
  siblings: { contact: named(vendors, 'vendorContactID') },
  singleSiblings: {
    schedulingStatusID: (own) => (own.scheduledStartDate === null ? 1 : numberAt(own, 'vendorContactID') ? 3 : 2),
  },
  includes: { property: named(properties), unit: named(units), vendor: named(vendors, 'vendorContactID') },
  filters: {
    propertyID: oneOf('propertyID'),
    unitID: oneOf('unitID'),
    leaseID: oneOf('leaseID'),
    workOrderStatusID: oneOf('workOrderStatusID'),
    ...days('dateTimeCreated', 'startDate', 'endDate'),
    isNew: flagged((own) => own.primaryWorkOrderStatusID === workOrderStates.pending),
  },
  webhook: { namespace: 'maintenance', subject: 'workOrder' },
  writes: {
    required: ['propertyID'],
    ignored: ['isSharedWithOwner'],
    fill: () => ({ primaryWorkOrderStatusID: workOrderStates.pending }),
  },
  example: { description: 'Changed' },
};
