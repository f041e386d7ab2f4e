import { identityOf, personalFields } from './contacts.ts';
import { dayMs, isoSecond } from './dates.ts';
import { at, dateFromNow, type Plan, pastYearMs } from './plan.ts';
import { between, randomFor } from './random.ts';
import { dollars, type WireObject } from './wire-object.ts';

const stream = 71;

/** Applicants are no contacts yet; their numbers lie far above every contact's. */
const firstApplicantID = 10_000_000;

export function application(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const unit = between(random, 0, plan.counts.units - 1);
  const createdMs = pastYearMs(plan, 1 - (index + random()) / plan.counts.applications);
  const applicantID = firstApplicantID + index;
  const { name, email, phone } = identityOf(plan, applicantID, 'applicants');
  return {
    applicationID: index + 1,
    applicationStatusID: between(random, 1, 5),
    propertyID: at(plan.propertyOfUnit, unit) + 1,
    unitID: unit + 1,
    desiredMoveInDate: dateFromNow(plan, between(random, -200, 60)),
    monthlyIncomeAmount: random() < 0.2 ? null : dollars(between(random, 2_000, 12_000) * 100),
    applicants: [{ applicantID, name, email, phone, isPrimary: true, ...personalFields(applicantID) }],
    dateTimeCreated: isoSecond(createdMs),
    dateTimeModified: isoSecond(Math.min(createdMs + random() * 10 * dayMs, plan.nowMs - dayMs)),
  };
}
