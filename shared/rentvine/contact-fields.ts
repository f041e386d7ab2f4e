import { wordsOf } from '../personal-keys.ts';

/**
 * What is kept of a person or company: tenants, owners, vendors, applicants and the like. The list is closed, because what
 * Rentvine keeps of people beside their names and addresses is personal, and nobody knows under which names it comes next.
 * Notes are not on it: people write anything into them.
 */

/** The fields that are kept of an object, by canonical key, and what is kept of the objects below each. */
export type KeptFields = ReadonlyMap<string, KeptFields>;

const fields = (names: string, below: KeptFields): [string, KeptFields][] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => [name, below]);

const names = `name firstName middleName lastName first middle last suffix prefix displayName fullName preferredName nickname
  companyName company businessName organizationName dba isCompany code`;
const ids = `id contactId leaseId leaseTenantId tenantId ownerId vendorId applicantId applicationId prospectId userId
  propertyId propertyIds unitId unitIds portfolioId portfolioIds portfolioOwnerId ledgerId`;
const types = `type typeId contactType contactTypeId contactTypes role roleId roles roleIds status statusId statusName
  leaseTenantStatusId applicantStatusId applicantTypeId tenantStatusId relationship relationshipId relationshipTypeId
  trade tradeId trades vendorTradeId vendorTradeIds vendorTrades vendorTypeId isActive active isPrimary primary isPreferred
  isResponsible isFinanciallyResponsible isDeleted isArchived isLeaseholder isOccupant percentOwned ownershipPercent
  ownershipPercentage`;
const dates = `dateTimeCreated dateTimeModified dateCreated dateModified createdAt updatedAt moveInDate moveOutDate startDate
  endDate`;
const addressParts = `address address1 address2 address3 addressLine1 addressLine2 street street1 street2 streetAddress city
  state stateId stateCode stateName region county countyId postalCode zip zipCode country countryId countryCode countryName
  addressId contactAddressId addressType addressTypeId`;
const phoneParts = `phone phoneNumber number extension ext phoneId contactPhoneId phoneType phoneTypeId`;
const emailParts = `email emailAddress emailId contactEmailId emailType emailTypeId`;
const partFlags = `id type typeId isPrimary primary isActive active isPreferred label`;

const leaf: KeptFields = new Map(fields('id name code type typeId label', new Map()));
const address: KeptFields = new Map(fields(`${addressParts} ${partFlags}`, leaf));
const phone: KeptFields = new Map(fields(`${phoneParts} ${partFlags}`, leaf));
const email: KeptFields = new Map(fields(`${emailParts} ${partFlags}`, leaf));

/** Of a contact, whoever it is; another contact in it (`{ "leaseTenant": {…}, "contact": {…} }`) is kept alike. */
export const contactFields: KeptFields = (() => {
  const kept = new Map<string, KeptFields>([
    ...fields(`${names} ${ids} ${types} ${dates}`, leaf),
    ...fields(`${addressParts} addresses mailingAddress homeAddress billingAddress`, address),
    ...fields('phone phones phoneNumber phoneNumbers mobile mobilePhone cellPhone homePhone workPhone fax', phone),
    ...fields('email emails emailAddress emailAddresses website', email),
  ]);
  for (const [name] of fields('contact tenant leaseTenant owner vendor applicant', leaf)) kept.set(name, kept);
  return kept;
})();

/** What is kept of a contact and, beside that, of what it is to the company: what it is interested in, what it may do. */
export const contactFieldsAnd = (more: string): KeptFields => new Map([...contactFields, ...fields(more, leaf)]);

const people = new Set(
  `contact tenant owner vendor applicant cotenant coapplicant cosigner guarantor occupant resident landlord roommate
   dependent spouse person people payee payer`.split(/\s+/),
);
const singular = (word: string): string => word.replace(/s$/, '');

/** Whether a key names people, so that what is below it is contacts: `tenants`, `vendorContact`, `coApplicants`. */
export const namesPeople = (key: string): boolean => people.has(singular(wordsOf(key).at(-1) ?? ''));

const idsOfPeople = /^(?:contact|contactType|leaseTenant|tenant|owner|applicant|vendor)Id$/;
const reachPeople = /^(?:firstName|lastName|emails?|phones?)$/;

/** Whether an object with these canonical keys is a contact, whatever it is called. */
export function isContact(keys: readonly string[]): boolean {
  const reached = keys.filter((key) => reachPeople.test(key));
  if (reached.length === 0) return false;
  return keys.some((key) => idsOfPeople.test(key)) || (keys.includes('firstName') && keys.includes('lastName'));
}
