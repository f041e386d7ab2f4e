import { contactSummary } from '../generator/contacts.ts';
import { dayMs, isoDate, isoSecond } from '../generator/dates.ts';
import {
  at,
  type LeaseState,
  leaseDates,
  leaseState,
  type Plan,
  pastYearMs,
  tenantContactID,
  tenantsOfLease,
} from '../generator/plan.ts';
import { between, randomFor } from '../generator/random.ts';
import { numberAt, objectsAt, type WireObject } from '../generator/wire-object.ts';
import { modified, oneOf } from './filters.ts';
import { portfolios } from './portfolios.ts';
import { properties } from './properties.ts';
import type { Company, SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';
import { tenants } from './tenants.ts';
import { units } from './units.ts';

const stream = 41;

/** Rentvine's primaryLeaseStatusID. */
export const leaseStatuses: Readonly<Record<LeaseState, number>> = { pending: 1, active: 2, closed: 3 };

function lease(plan: Plan, index: number): WireObject {
  const random = randomFor(plan.seed, stream, index);
  const unit = at(plan.unitOfLease, index);
  const state = leaseState(plan, index);
  const { startMs, endMs } = leaseDates(plan, index);
  const isClosed = state === 'closed';
  const hasNotice = isClosed || (state === 'active' && random() < 0.06);
  const leavesMs = isClosed ? endMs : plan.nowMs + between(random, 5, 45) * dayMs;
  const createdMs = Math.min(startMs, plan.nowMs) - between(random, 3, 40) * dayMs;
  return {
    leaseID: index + 1,
    code: `L-${String(index + 1).padStart(6, '0')}`,
    propertyID: at(plan.propertyOfUnit, unit) + 1,
    unitID: unit + 1,
    primaryLeaseStatusID: random() < 0.005 ? 9 : leaseStatuses[state],
    leaseStatusID: leaseStatuses[state] * 10 + between(random, 0, 3),
    moveInDate: state === 'pending' && random() < 0.5 ? null : isoDate(startMs),
    moveOutDate: isClosed ? isoDate(endMs) : null,
    startDate: isoDate(startMs),
    endDate: !isClosed && random() < 0.1 ? null : isoDate(endMs),
    closedDate: isClosed ? isoDate(endMs + between(random, 1, 4) * dayMs) : null,
    noticeDate: hasNotice ? isoDate(leavesMs - between(random, 30, 60) * dayMs) : null,
    expectedMoveOutDate: hasNotice ? isoDate(leavesMs) : null,
    increaseEligibilityDate: state === 'active' ? isoDate(startMs + 330 * dayMs) : null,
    tenants: tenantsOfLease(plan, index).map((tenant) =>
      contactSummary(plan, tenantContactID(plan, tenant), 'tenants', state !== 'closed'),
    ),
    dateTimeCreated: isoSecond(createdMs),
    dateTimeModified: isoSecond(Math.max(createdMs, pastYearMs(plan, random()))),
    renewalStatus: state === 'active' ? 'none' : null,
    ...(random() < 0.1 ? { petPolicyVersion: between(random, 1, 4) } : {}),
  };
}

/** Marks a lease as changed, as a new charge or pet does. */
export function touchLease(company: Company, leaseID: number | undefined): void {
  const touched = company.find(leases, leaseID);
  if (touched !== undefined) company.put(leases, touched);
}

/** A lease shows its tenants' names, addresses and phones; they follow the contact. */
function followTenant(company: Company, tenant: WireObject): void {
  const { contactID, name = null, email = null, phone = null } = tenant;
  for (const own of company.every(leases)) {
    const entries = objectsAt(own, 'tenants');
    if (!entries.some((entry) => entry.contactID === contactID)) continue;
    company.put(leases, {
      ...own,
      tenants: entries.map((entry) => (entry.contactID === contactID ? { ...entry, name, email, phone } : entry)),
    });
  }
}

const contactIDs = (own: WireObject) => objectsAt(own, 'tenants').map((entry) => numberAt(entry, 'contactID'));

export const leases: SimulatedResource<'leases'> = {
  name: 'leases',
  rowKey: 'lease',
  idKey: 'leaseID',
  objectTypeID: 4,
  listPath: '/leases/export',
  otherListPaths: ['/leases'],
  onePath: '/leases/{leaseID}',
  count: { small: 340 },
  needs: units,
  dates: 'modified',
  make: lease,
  siblings: {
    balances: (own, company) => company.balances(numberAt(own, 'leaseID') ?? 0),
    unpaidCharges: (own, company) => company.unpaidCharges(numberAt(own, 'leaseID') ?? 0),
    property: named(properties),
    unit: named(units),
    portfolio: (own, company) =>
      company.find(portfolios, numberAt(company.find(properties, numberAt(own, 'propertyID')), 'portfolioID')),
  },
  includes: {
    tenants: (own, company) =>
      contactIDs(own).map((contactID, index) => ({
        leaseTenant: {
          leaseTenantID: (numberAt(own, 'leaseID') ?? 0) * 10 + index,
          contactID: contactID ?? null,
          isPrimary: index === 0,
        },
        contact: company.find(tenants, contactID) ?? null,
      })),
  },
  onlyInList: ['tenants'],
  onlyInSingle: ['noticeDate'],
  filters: {
    ...modified,
    'leaseIDs[]': oneOf('leaseID'),
    'primaryLeaseStatusIDs[]': oneOf('primaryLeaseStatusID'),
    'leaseStatusIDs[]': oneOf('leaseStatusID'),
  },
  webhook: { namespace: 'lease', subject: 'lease' },
  writes: { required: ['unitID'], ignored: ['increaseEligibilityDate'] },
  reveals: [{ resource: tenants, ids: contactIDs }],
  follows: [{ to: tenants, react: followTenant }],
  example: { code: 'RENAMED' },
};
