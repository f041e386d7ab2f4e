/**
 * Which keys name a personal field: one that leaves the Rentvine client neither as data nor as text (promise 8;
 * rentvine-api.md, "contact"). The one rule for what is dropped from records and for what is redacted in logs.
 *
 * The list of such fields is open, so whole families are meant, by their words: `SSN_last4`, `Date of birth` and
 * `achIsCorporateAccount` belong to one, `address_name`, `attachments` and `syntax` to none.
 */

/** A key without its case and separators: `Birth_Date` and `birthDate` are both `birthdate`. */
export const foldKey = (key: string): string => key.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();

/** Words that make a key personal, alone or among others. */
const words: ReadonlySet<string> = new Set(
  `identification ssn sin itin tin ein fein dob ach iban bank banks banking routing tax taxes income incomes salary salaries
   wage wages passport passports licence licences license licenses birth births birthday birthdate birthplace born cvv cvc
   paystub paystubs`.split(/\s+/),
);

/** Words that do so next to each other. */
const sequences: readonly (readonly [ReadonlySet<string>, ReadonlySet<string>])[] = [
  [
    new Set(['account', 'accounts', 'acct', 'id', 'ss', 'dl', 'card']),
    new Set(['number', 'numbers', 'no', 'num', 'nr']),
  ],
  [new Set(['account', 'acct', 'ss', 'dl', 'card']), new Set(['last', 'masked', 'truncated', 'digits'])],
  [new Set(['social', 'national', 'government', 'govt', 'gov']), new Set(['id', 'insurance', 'security'])],
  [new Set(['id']), new Set(['card'])],
  [new Set(['credit']), new Set(['card', 'score'])],
  [new Set(['maiden']), new Set(['name'])],
];

/**
 * Parts that no other word has, for names that are written without case and separators: `tenantbirthdate`. "ssn" is in the
 * middle of "business name", "ach" in "coach": what stands before tells them apart.
 */
const parts =
  /identification|birth|passport|licen[cs]e|driverlic|driverslic|income|salary|socialsec|(?<![gp])routing|accountnum|acctn|bankac|bankname|bankid|bankrout|taxpayer|taxid(?!er)|taxform|taxnum|taxclass|creditcard|cardnum|(?:^|[^aeiou])ssn|ssn$|^dob(?!er)|dob$|^iban|^ach(?:is|en|[^aeiouhry])|(?<![oe])ach(?:acc|det|bank|rout|ciph)|^tax(?:ref|stat|exempt|ein|num|res)/;

/** Of sums: a tax that is charged is no tax payer's. */
const taxSum = /^(?:is|has|sales|use|property|hotel|lodging|occupancy|city|state|county|local|total|tax|taxes)$/;
const sum = /^(?:rates?|amounts?|percent|percentage|total|cents|included|inclusive|exclusive)$/;

const known = new Map<string, boolean>();
const maxKnown = 5_000;
/** Longer keys are prose; its beginning says what it asks for. */
const maxKeyLength = 200;

/** Whether a key, in whatever spelling, names a personal field. The label of a form's field counts as a key too. */
export function isPersonalKey(key: string): boolean {
  const found = known.get(key);
  if (found !== undefined) return found;
  const isPersonal = judge(key.slice(0, maxKeyLength));
  if (known.size < maxKnown) known.set(key, isPersonal);
  return isPersonal;
}

function judge(key: string): boolean {
  const found = wordsOf(key);
  if (isTaxSum(found)) return false;
  if (found.some((word) => words.has(word)) || words.has(foldKey(key))) return true;
  const isSequence = sequences.some(([first, second]) =>
    found.some((word, index) => first.has(word) && second.has(found[index + 1] ?? '')),
  );
  return isSequence || key.split(/[^A-Za-z0-9]+/).some((piece) => parts.test(piece.toLowerCase()));
}

/** Letters one by one, as a key in capitals becomes where each capital is taken for the beginning of a word: `_b_a_n_k__n_a_m_e`. */
const spelledOut = /(?<![A-Za-z0-9])[A-Za-z](?:[_. -][A-Za-z](?![A-Za-z0-9]))+/g;

/** The words of a key in lower case, without the numbers at their ends: `SSN_last4` is `ssn`, `last`. */
export const wordsOf = (key: string): string[] =>
  key
    .replaceAll('#', ' number ')
    .replaceAll(spelledOut, (letters) => letters.replaceAll(/[_. -]/g, ''))
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.replaceAll(/^\d+|\d+$/g, '').toLowerCase())
    .filter((word) => word !== '');

const isTaxSum = (found: readonly string[]): boolean =>
  found.some((word) => sum.test(word)) && found.every((word) => sum.test(word) || taxSum.test(word));

/** What a pair such as `{ label: "Date of birth", value: "…" }` calls its two sides. */
const naming = new Set(['name', 'label', 'key', 'field', 'title', 'question', 'prompt', 'caption', 'attribute']);
const valueWords = new Set(
  'value values answer answers response responses previous current old new content text data'.split(' '),
);
const valueTypes = new Set('field custom string display raw number boolean date selected'.split(' '));

/** Whether the value of this key may say what the value beside it is. */
export const isNamingKey = (key: string): boolean => naming.has(wordsOf(key).at(-1) ?? '');

/** Whether the value of this key may be what the name beside it says. */
export const isValueKey = (key: string): boolean => {
  const found = wordsOf(key);
  return (
    found.some((word) => valueWords.has(word)) && found.every((word) => valueWords.has(word) || valueTypes.has(word))
  );
};
