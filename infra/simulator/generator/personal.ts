import { familyNames, otherNames } from './personal-names.ts';
import type { Plan } from './plan.ts';
import { between, pick, type Random, randomFor } from './random.ts';
import type { WireObject, WireValue } from './wire-object.ts';

/** Every personal text begins with this, so that a test can search records, logs and events for a leak. */
export const privateMarker = 'PRIVATE-';

const privateTexts = new RegExp(`${privateMarker}[\\w-]+`, 'g');

/** Personal numbers begin with these three digits and have twelve: no id, amount or date of a company does. */
const privateNumbers = { first: 777_000_000_000, pattern: /\b777\d{9}\b/g } as const;

/** The fields that rentvine-api.md lists, each with a value that can be recognised. */
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

/** How many words of a name make it look: `dateOfBirth`, `DATE_OF_BIRTH`, `Tenant date of birth #2`. */
const spellings: readonly ((words: readonly string[]) => string)[] = [
  (words) => words.map((word, index) => (index === 0 ? word : capital(word))).join(''),
  (words) => words.map(capital).join(''),
  (words) => words.join('_'),
  (words) => words.join('-'),
  (words) => words.join('_').toUpperCase(),
  (words) => words.map(capital).join(' '),
  (words) => `${words.map(capital).join(' ')} #`,
  (words) => `tenant${words.map(capital).join('')}`,
  (words) => `co_applicant_${words.join('_')}`,
  (words) => `${words.map((word, index) => (index === 0 ? word : capital(word))).join('')}Encrypted`,
  (words) => `${words.join('')}2`,
];

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** Where in an object a personal value hides, by what may be told from its name alone and what only from its place. */
const hidingPlaces: readonly ((name: string, value: WireValue) => WireObject)[] = [
  (name, value) => ({ [name]: value }),
  (name, value) => ({ details: { [name]: value, isVerified: true } }),
  (name, value) => ({ profile: { documents: [{ kind: 'upload', [name]: value }] } }),
  (name, value) => ({ customFields: [{ customFieldID: 9, name, value }] }),
  (name, value) => ({ answers: [{ label: name, value }] }),
  (name, value) => ({ attributes: [{ key: name, value: [value] }] }),
  (name, value) => ({ metadata: JSON.stringify({ version: 2, [name]: value }) }),
  (name, value) => ({ importNote: `Imported from the old system: ${JSON.stringify({ [name]: value })}` }),
  (name, value) => ({ rawRecord: `[{"source":"import","${name}":${JSON.stringify(value)},"address":{"str` }),
  (name, value) => ({ [name]: [value, { [name]: value }] }),
];

/**
 * Personal values under names that the author of a filter has not chosen, hidden in the ways that have been met: none
 * unless the company was made so.
 *
 * @param shape `contact`: anything may hide there, for what is kept of a contact is a closed list; `other`: only names of
 * the families that are dropped everywhere
 */
export function plantedFields(plan: Plan, shape: 'contact' | 'other', stream: number, index: number): WireObject {
  if (plan.style.personal !== 'planted') return {};
  const random = randomFor(plan.seed, 121, stream, index);
  const names = shape === 'contact' ? [...familyNames, ...otherNames] : familyNames;
  const planted: WireObject[] = [];
  for (let count = shape === 'contact' ? 4 : 2; count > 0; count--) {
    const words = pick(random, names).split(' ');
    const name = pick(random, spellings)(words);
    planted.push(pick(random, hidingPlaces)(name, personalValue(random, words, `${stream}-${index}-${count}`)));
  }
  return Object.assign({}, ...planted);
}

/** Custom fields of something that is no contact, where people write down what belongs nowhere else. */
export const personalCustomFields = (plan: Plan, stream: number, index: number): WireObject =>
  index % 3 === 0 ? plantedFields(plan, 'other', stream, index) : {};

function personalValue(random: Random, words: readonly string[], place: string): WireValue {
  if (random() < 0.15) return privateNumbers.first + between(random, 0, 999_999_999);
  return `${privateMarker}${words.join('-')}-${place}`;
}

/** Every personal value in some objects, as it may be searched for in what a program wrote: texts and numbers. */
export function personalValuesIn(objects: unknown): ReadonlySet<string> {
  const text = JSON.stringify(objects) ?? '';
  return new Set([...(text.match(privateTexts) ?? []), ...(text.match(privateNumbers.pattern) ?? [])]);
}
