import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isNamingKey, isPersonalKey, isValueKey } from './personal-keys.ts';

const personal = `birthDate dateOfBirth dateBirth DOB placeOfBirth birthplace identificationNumber identificationTypeID
  identificationCountryID taxPayerName taxPayerIdentificationNumber taxFormTypeID hasTaxIdentifier taxID federalTaxNumber
  achAccountNumberTruncated achDetailsCiphertextID achIsCorporateAccount SSN SSN_last4 ssnLast4 socialSecurityNumber
  bankName bankAccountID routingNumber accountNumber acct_no iban driversLicense licenceNo license_plate passportNo
  monthlyIncome grossAnnualIncome salary wages EIN itin creditScore maidenName governmentID idNumber`.split(/\s+/);

it.each([
  ...personal,
  'tenantssn',
  'birthdateoftenant',
  'achaccountnumber',
  'TAXID2',
  'routingcode2',
  'D.O.B.',
  'S.S.N.',
  'SS#',
  'Account #',
  "Driver's License #",
  'What is your date of birth (MM/DD/YYYY)?',
])('%s names a personal field', (key) => expect(isPersonalKey(key)).toBe(true));

it.each(
  `syntax syntaxHighlighting attachments attachmentCount coach approach machineId businessName businessname address_name
   addressnumber classNumber bankruptcy embankment taxonomy taxiStand taxRate salesTaxAmount isTaxable incoming outcome
   accountId accountTypeId accountName chartAccountID accountNotes photoID identifier externalIdentifier workOrderNumber
   unitNumber grouting regrouting phoneNumber dateCreated since reference adobe dobermanCount name email isRent rent balance`.split(
    /\s+/,
  ),
)('%s names none', (key) => expect(isPersonalKey(key)).toBe(false));

it('knows a personal name in any case, with any separators, and among other words and numbers', () => {
  const neighbours = fc.constantFrom(
    'tenant',
    'primary',
    'new',
    'old',
    'hashed',
    'x',
    'value',
    'copy',
    'raw',
    'last4',
    '2',
    'v1',
  );
  const separators = fc.constantFrom('_', '-', ' ', '.');
  const inWords = (key: string) =>
    key.replaceAll(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2').split(/[^A-Za-z0-9]+/);
  fc.assert(
    fc.property(
      fc.constantFrom(...personal),
      fc.array(neighbours, { maxLength: 2 }),
      fc.array(neighbours, { maxLength: 2 }),
      separators,
      fc.constantFrom<(text: string) => string>(
        (text) => text,
        (text) => text.toLowerCase(),
        (text) => text.toUpperCase(),
      ),
      (key, before, after, separator, caseOf) => {
        const spelled = caseOf([...before, ...inWords(key), ...after].join(separator));
        expect([spelled, isPersonalKey(spelled)]).toEqual([spelled, true]);
      },
    ),
    { numRuns: 2000 },
  );
});

it.each(personal.filter((key) => /^[A-Za-z]+$/.test(key)))('knows %s by its letters, too', (key) => {
  const capitals = key.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
  const spelled = capitals.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  expect([spelled, isPersonalKey(spelled)]).toEqual([spelled, true]);
});

it('tells what names a value from the value', () => {
  expect(['name', 'label', 'fieldName', 'Label', 'question', 'key', 'custom_field'].every(isNamingKey)).toBe(true);
  expect(['value', 'values', 'string_value', 'answer', 'previous', 'fieldValue', 'newValue'].every(isValueKey)).toBe(
    true,
  );
  expect(['currentBalance', 'textColor', 'dataSource', 'newTenant', 'valueAddedTaxes'].some(isValueKey)).toBe(false);
});
