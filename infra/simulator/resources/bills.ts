import { dayMs, isoDate, isoSecond } from '../generator/dates.ts';
import { personalCustomFields } from '../generator/personal.ts';
import { type Plan, pastYearMs, portfolioOfProperty, vendorContactID } from '../generator/plan.ts';
import { between, fractionOf, pick, randomFor } from '../generator/random.ts';
import { dollars, objectsAt, type WireObject } from '../generator/wire-object.ts';
import { properties } from './properties.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';

const stream = 62;

function bill(plan: Plan, index: number, count: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const property = between(random, 0, plan.counts.properties - 1);
  const createdMs = pastYearMs(plan, 1 - (index + random()) / count);
  const amount = dollars(between(random, 30, 2_400) * 100 + between(random, 0, 99));
  return {
    billID: index + 1,
    propertyID: property + 1,
    portfolioID: portfolioOfProperty(plan, property) + 1,
    payeeContactID: plan.counts.vendors === 0 ? null : vendorContactID(plan, index % plan.counts.vendors),
    billStatusID: random() < 0.8 ? 2 : 1,
    billDate: isoDate(createdMs),
    dateDue: isoDate(createdMs + 30 * dayMs),
    amount,
    reference: `INV-${20_000 + index}`,
    description: pick(random, plan.pools.jobs),
    isVoided: random() < 0.02,
    isApproved: true,
    charges: [
      { billChargeID: index + 1, amount, chartAccountID: 5_000 + Math.floor(fractionOf(plan.seed, index) * 40) },
    ],
    dateTimeCreated: isoSecond(createdMs),
    dateTimeModified: isoSecond(Math.min(createdMs + random() * 30 * dayMs, plan.nowMs - dayMs)),
    ...personalCustomFields(plan, stream, index),
  };
}

export const bills: SimulatedResource<'bills'> = {
  name: 'bills',
  rowKey: 'bill',
  idKey: 'billID',
  objectTypeID: 5,
  listPath: '/accounting/bills',
  onePath: '/accounting/bills/{billID}',
  count: { small: 180, isActivity: true },
  needs: properties,
  dates: 'modified',
  make: bill,
  siblings: { property: named(properties) },
  includes: { charges: (own) => objectsAt(own, 'charges') },
  writes: {
    // The obvious names (vendorContactID, dueDate, charges[].accountID) are refused.
    required: ['payeeContactID', 'billDate', 'dateDue'],
    check: (fields) =>
      Object.fromEntries(
        objectsAt(fields, 'charges').flatMap((charge, index) =>
          charge.chargeAccountID === undefined ? [[`charges[${index}].chargeAccountID`, 'Account is required']] : [],
        ),
      ),
    fill: (_, company) => ({ isVoided: false, isApproved: company.settings().isBillApprovalEnabled !== true }),
  },
  example: { reference: 'Changed' },
};
