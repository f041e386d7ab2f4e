import { contactSummary } from '../generator/contacts.ts';
import { dayMs, isoSecond } from '../generator/dates.ts';
import { at, dateFromNow, type Plan, pastYearMs } from '../generator/plan.ts';
import { between, randomFor } from '../generator/random.ts';
import { dollars, type WireObject } from '../generator/wire-object.ts';
import { modified, oneOf } from './filters.ts';
import { properties } from './properties.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';
import { units } from './units.ts';

const stream = 71;

/** Applicants are no contacts yet; their numbers lie far above every contact's. */
const firstApplicantID = 10_000_000;

function application(plan: Plan, index: number, count: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const unit = between(random, 0, plan.counts.units - 1);
  const createdMs = pastYearMs(plan, 1 - (index + random()) / count);
  return {
    applicationID: index + 1,
    applicationStatusID: between(random, 1, 5),
    propertyID: at(plan.propertyOfUnit, unit) + 1,
    unitID: unit + 1,
    desiredMoveInDate: dateFromNow(plan, between(random, -200, 60)),
    monthlyIncomeAmount: random() < 0.2 ? null : dollars(between(random, 2_000, 12_000) * 100),
    applicants: [{ ...contactSummary(plan, firstApplicantID + index, 'applicants'), isPrimary: true }],
    dateTimeCreated: isoSecond(createdMs),
    dateTimeModified: isoSecond(Math.min(createdMs + random() * 10 * dayMs, plan.nowMs - dayMs)),
  };
}

export const applications: SimulatedResource<'applications'> = {
  name: 'applications',
  rowKey: 'application',
  idKey: 'applicationID',
  objectTypeID: 20,
  listPath: '/screening/applications/export',
  otherListPaths: ['/applications', '/screening/applications'],
  onePath: '/screening/applications/{applicationID}',
  count: { small: 60, isActivity: true },
  needs: units,
  dates: 'modified',
  make: application,
  siblings: { property: named(properties), unit: named(units) },
  filters: { ...modified, 'applicationStatusIDs[]': oneOf('applicationStatusID') },
  example: { applicationStatusID: 77 },
};
