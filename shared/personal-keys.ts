/**
 * Keys of the personal fields that leave the Rentvine client neither as data nor as text (promise 8; rentvine-api.md,
 * "contact"). The one rule for what is dropped from records and for what is redacted in logs.
 */
const wholeKeys = new Set(['ssn', 'dob']);
/** The tax payer and bank account families have a common part. */
const keyParts = [
  'birthdate',
  'dateofbirth',
  'identificationnumber',
  'identificationtype',
  'taxpayer',
  'achaccount',
  'socialsecurity',
];

/** A key without its case and separators: `Birth_Date` and `birthDate` are both `birthdate`. */
export const foldKey = (key: string): string => key.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();

/** Whether a key, in whatever spelling, names a personal field. */
export function isPersonalKey(key: string): boolean {
  const folded = foldKey(key);
  return wholeKeys.has(folded) || keyParts.some((part) => folded.includes(part));
}
