/** A number as DynamoDB keeps it, exactly: `digits` × 10^`exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const plain = /^-?(?:0|[1-9]\d{0,14})$/;
const spelling = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const maxPrecision = 38;
const maxMagnitude = 125;
const minMagnitude = -130;

/** @returns undefined for what is no number, a sentence about what is wrong with one that cannot be kept */
function parse(text: string): Decimal | string | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = spelling.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const significant = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  if (significant === '') return { digits: 0n, exponent: 0 };
  const trailing = (whole + fraction).length - (whole + fraction).replace(/0+$/, '').length;
  const scale = Number(exponent) - fraction.length + trailing;
  const magnitude = scale + significant.length - 1;
  if (significant.length > maxPrecision) return 'Attempting to store more than 38 significant digits in a Number';
  if (magnitude > maxMagnitude) {
    return 'Number overflow. Attempting to store a number with magnitude larger than supported range';
  }
  if (magnitude < minMagnitude) {
    return 'Number underflow. Attempting to store a number with magnitude smaller than supported range';
  }
  return { digits: BigInt(sign + significant), exponent: scale };
}

function format({ digits, exponent }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits);
  if (exponent >= 0) return digits === 0n ? '0' : `${sign}${text}${'0'.repeat(exponent)}`;
  const padded = text.padStart(1 - exponent, '0');
  const [whole, fraction] = [padded.slice(0, exponent), padded.slice(exponent).replace(/0+$/, '')];
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** What is wrong with a number's text; undefined where it can be kept. */
export function numberProblem(text: string): string | undefined {
  if (plain.test(text)) return undefined;
  const parsed = parse(text);
  if (parsed === undefined) return `The parameter cannot be converted to a numeric value: ${text}`;
  return typeof parsed === 'string' ? parsed : undefined;
}

function known(text: string): Decimal {
  const parsed = parse(text);
  if (typeof parsed !== 'object') throw new RangeError(`${text} has not been checked to be a number`);
  return parsed;
}

/** The one spelling of a number that DynamoDB answers with, however it was written. */
export const canonicalNumber = (text: string): string =>
  plain.test(text) && text !== '-0' ? text : format(known(text));

const inUnits = (decimal: Decimal, exponent: number): bigint =>
  decimal.digits * 10n ** BigInt(decimal.exponent - exponent);

export function compareNumbers(left: string, right: string): number {
  const [a, b] = [known(left), known(right)];
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = inUnits(a, exponent) - inUnits(b, exponent);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** The exact sum, or difference, which may be more than DynamoDB can keep: see `numberProblem`. */
export function addNumbers(left: string, right: string, sign: 1 | -1): string {
  const [a, b] = [known(left), known(right)];
  const exponent = Math.min(a.exponent, b.exponent);
  return format({ digits: inUnits(a, exponent) + BigInt(sign) * inUnits(b, exponent), exponent });
}
