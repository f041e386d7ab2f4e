import { dayMs, isoDate } from './dates.ts';
import type { Plan } from './plan.ts';
import { pick, randomFor } from './random.ts';
import type { WireObject } from './wire-object.ts';

/** Every personal value begins with this, so that a test can search records, logs and events for a leak. */
export const privateMarker = 'PRIVATE-';

/** Rentvine's contactTypeID. */
export const contactTypes = { owners: 1, tenants: 2, vendors: 3, applicants: 6 } as const;

type ContactKind = keyof typeof contactTypes;

const contactStream = 11;

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
  const random = randomFor(plan.seed, contactStream, contactID);
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

/** The fields that must never leave the client, each with a value that can be recognised. */
export function personalFields(contactID: number): WireObject {
  return {
    birthDate: `${privateMarker}birth-${contactID}`,
    identificationNumber: `${privateMarker}identification-${contactID}`,
    identificationTypeID: `${privateMarker}identification-type-${contactID}`,
    taxPayerName: `${privateMarker}tax-payer-${contactID}`,
    taxPayerIdentificationNumber: `${privateMarker}tax-number-${contactID}`,
    taxPayerTypeID: `${privateMarker}tax-type-${contactID}`,
    achAccountNumberTruncated: `${privateMarker}account-${contactID}`,
  };
}

/** A contact as the contact lists show it. */
export function contact(plan: Plan, contactID: number, kind: ContactKind, isActive = true): WireObject {
  const random = randomFor(plan.seed, contactStream + 1, contactID);
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
  };
}
