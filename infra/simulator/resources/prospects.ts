import { identityOf } from '../generator/contacts.ts';
import { dayMs, isoSecond } from '../generator/dates.ts';
import { personalCustomFields } from '../generator/personal.ts';
import { at, type Plan, pastYearMs } from '../generator/plan.ts';
import { between, pick, randomFor } from '../generator/random.ts';
import { numberAt, textAt, type WireObject } from '../generator/wire-object.ts';
import { modifiedMin } from './filters.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';
import { units } from './units.ts';

const stream = 72;
const firstProspectIdentity = 30_000_000;
const statuses = ['new', 'new', 'invitation_sent', 'application_started', 'closed'];

/** Somebody who has asked about a unit. */
function prospect(plan: Plan, index: number, count: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const unit = between(random, 0, plan.counts.units - 1);
  const createdMs = pastYearMs(plan, 1 - (index + random()) / count);
  const { name, email, phone } = identityOf(plan, firstProspectIdentity + index, 'tenants');
  return {
    prospectID: index + 1,
    name,
    email,
    phone: `+1${phone.replaceAll(/\D/g, '')}`,
    propertyID: at(plan.propertyOfUnit, unit) + 1,
    unitID: unit + 1,
    status: pick(random, statuses),
    sourceName: pick(random, ['Website', 'Sign', 'Portal', null]),
    dateTimeCreated: isoSecond(createdMs),
    dateTimeModified: isoSecond(Math.min(createdMs + random() * 10 * dayMs, plan.nowMs - dayMs)),
    ...personalCustomFields(plan, stream, index),
  };
}

export const prospects: SimulatedResource<'prospects'> = {
  name: 'prospects',
  rowKey: 'prospect',
  idKey: 'prospectID',
  listPath: '/screening/prospects',
  onePath: '/screening/prospects/{prospectID}',
  count: { small: 90, isActivity: true },
  needs: units,
  dates: 'modified',
  make: prospect,
  siblings: { unit: named(units) },
  filters: modifiedMin,
  writes: {
    required: ['name'],
    ignored: ['status'],
    check: (fields) =>
      fields.phone === undefined || /^\+\d{8,15}$/.test(textAt(fields, 'phone')) ? {} : { phone: 'Phone is Invalid' },
    fill: (fields, company) => ({
      status: 'new',
      propertyID: numberAt(company.find(units, numberAt(fields, 'unitID')), 'propertyID') ?? null,
    }),
  },
  example: { sourceName: 'Referral' },
};
