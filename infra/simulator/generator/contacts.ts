import { dayMs, isoDate } from './dates.ts';
import { personalFields, plantedFields } from './personal.ts';
import type { Plan } from './plan.ts';
import { pick, randomFor } from './random.ts';
import type { WireObject } from './wire-object.ts';

/** Rentvine's contactTypeID. */
export const contactTypes = { owners: 1, tenants: 2, vendors: 3, applicants: 6 } as const;

type ContactKind = keyof typeof contactTypes;

const streams = { identity: 11, contact: 12, planted: 13, plantedSummary: 14 } as const;

/** Name, mail address and phone of a person or company that plainly does not exist (example.com, 555-01xx). */
export interface Identity {
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
}

/** The identity behind a contact id; pure, so that a lease and its tenant agree without looking each other up. */
export function identityOf(plan: Plan, contactID: number, kind: ContactKind): Identity {
  const random = randomFor(plan.seed, streams.identity, contactID);
  const firstName = pick(random, plan.pools.firstNames);
  const lastName = pick(random, plan.pools.lastNames);
  const isCompany = random() < (kind === 'vendors' ? 0.8 : kind === 'owners' ? 0.25 : 0);
  const name = isCompany ? pick(random, plan.pools.companies) : `${firstName} ${lastName}`;
  const mailbox = `${firstName}.${lastName}.${contactID}`.toLowerCase().replaceAll(/[^a-z0-9.]/g, '');
  return {
    name,
    firstName,
    lastName,
    email: `${mailbox}@${random() < 0.5 ? 'example.com' : 'example.org'}`,
    phone: fakePhone(random()),
  };
}

/** A number of the range that is reserved for fiction, in one of the spellings people use. */
export function fakePhone(fraction: number): string {
  const line = String(Math.floor(fraction * 10_000) % 100).padStart(2, '0');
  const area = 200 + (Math.floor(fraction * 1_000_000) % 700);
  return fraction < 0.5 ? `(${area}) 555-01${line}` : `${area}-555-01${line}`;
}

/** A contact as the contact lists show it. */
export function contact(plan: Plan, contactID: number, kind: ContactKind, isActive = true): WireObject {
  const random = randomFor(plan.seed, streams.contact, contactID);
  const { name, firstName, lastName, email, phone } = identityOf(plan, contactID, kind);
  return {
    contactID,
    contactTypeID: random() < 0.01 ? 17 : contactTypes[kind],
    name,
    firstName: random() < 0.04 ? null : firstName,
    lastName,
    email,
    phone,
    emails: [{ emailID: contactID * 2, email, isPrimary: true }],
    phones: [{ phoneID: contactID * 2, phone, phoneTypeID: 1, isPrimary: true }],
    isActive,
    ...personalFields(contactID),
    customerSince: isoDate(plan.nowMs - Math.floor(random() * 2_000) * dayMs),
    ...(random() < 0.1 ? { portalTheme: 'evergreen' } : {}),
    ...plantedFields(plan, 'contact', streams.planted, contactID),
  };
}

/**
 * A contact as other objects hold it. Some servers nest more of the contact than a caller wants: personal fields turn
 * up here too, in every owner and applicant and one tenant of five.
 */
export function contactSummary(
  plan: Plan,
  contactID: number,
  kind: 'owners' | 'tenants' | 'applicants',
  isActive = true,
): WireObject {
  const { name, email, phone } = identityOf(plan, contactID, kind);
  const nested = kind !== 'tenants' || contactID % 5 === 0 ? personalFields(contactID) : {};
  return {
    [kind === 'applicants' ? 'applicantID' : 'contactID']: contactID,
    name,
    email,
    phone,
    isActive,
    ...nested,
    ...plantedFields(plan, 'contact', streams.plantedSummary, contactID),
  };
}
