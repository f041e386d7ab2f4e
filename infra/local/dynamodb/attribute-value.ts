import * as z from 'zod';
import { addNumbers, canonicalNumber, compareNumbers, numberProblem } from './decimal.ts';
import { invalid } from './errors.ts';

/** A value in DynamoDB's wire format: of its members exactly one is there. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  /** Base64, as all binary values of the JSON protocol. */
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: true;
  readonly L?: readonly AttributeValue[];
  readonly M?: AttributeMap;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
}

/** An item or key: `{ id: { S: '1' } }`. */
export type AttributeMap = Readonly<Record<string, AttributeValue>>;

const types = ['S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS'] as const;
export type AttributeType = (typeof types)[number];

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const maxDepth = 32;

export const isAttributeType = (text: string | undefined): text is AttributeType => types.some((type) => type === text);

/** The type of a value that has been read from a request. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const name in value) if (isAttributeType(name)) return name;
  throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}

const strings = z.array(z.string());

/**
 * Reads a value of a request: numbers and sets come out in their one spelling.
 *
 * @throws AwsError for whatever DynamoDB would not take
 */
export function readValue(given: unknown, depth = 1): AttributeValue {
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const [entry, ...more] = entries;
  if (entry === undefined) {
    throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (more.length > 0) {
    throw invalid(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  if (depth > maxDepth) throw invalid('Nesting Levels have exceeded supported limits');
  const [type, value] = entry;
  switch (type) {
    case 'S':
    case 'B':
      if (typeof value === 'string') return { [type]: value };
      break;
    case 'N':
      return { N: readNumber(value) };
    case 'BOOL':
      if (typeof value === 'boolean') return { BOOL: value };
      break;
    case 'NULL':
      if (value === true) return { NULL: true };
      throw invalid(
        'One or more parameter values were invalid: Null attribute value types must have the value of true',
      );
    case 'L':
      if (Array.isArray(value)) return { L: value.map((each) => readValue(each, depth + 1)) };
      break;
    case 'M':
      if (typeof value === 'object' && value !== null) return { M: readMap(value, depth + 1) };
      break;
    case 'SS':
    case 'BS':
      return { [type]: readSet(type === 'SS' ? 'string' : 'binary', strings.parse(value)) };
    case 'NS':
      return { NS: readSet('number', strings.parse(value).map(readNumber)) };
  }
  throw invalid(`Supplied AttributeValue is empty, must contain exactly one of the supported datatypes (not ${type})`);
}

/** @throws AwsError see `readValue` */
export function readMap(given: object, depth = 1): AttributeMap {
  const map: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(given)) map[name] = readValue(value, depth);
  return map;
}

function readNumber(value: unknown): string {
  const text = z.string().parse(value).trim();
  const problem = numberProblem(text);
  if (problem !== undefined) throw invalid(problem);
  return canonicalNumber(text);
}

function readSet(kind: string, members: readonly string[]): readonly string[] {
  if (members.length === 0) {
    throw invalid(`One or more parameter values were invalid: An ${kind} set  may not be empty`);
  }
  if (new Set(members).size < members.length) {
    throw invalid(
      `One or more parameter values were invalid: Input collection [${members.join(', ')}] contains duplicates.`,
    );
  }
  return members;
}

/** Whether two values or items are equal; sets have no order. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, at) => sameValue(item, right[at]));
  }
  const entries = Object.entries(left);
  const others = new Map<string, unknown>(Object.entries(right));
  if (entries.length !== others.size) return false;
  return entries.every(([name, value]) => {
    const other = others.get(name);
    if ((name === 'SS' || name === 'NS' || name === 'BS') && Array.isArray(value) && Array.isArray(other)) {
      return value.length === other.length && value.every((member) => other.includes(member));
    }
    return sameValue(value, other);
  });
}

/** @returns undefined where two values have no order: other types, or none that is ordered */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if (left.N !== undefined && right.N !== undefined) return compareNumbers(left.N, right.N);
  if (left.S !== undefined && right.S !== undefined) return Buffer.compare(Buffer.from(left.S), Buffer.from(right.S));
  if (left.B !== undefined && right.B !== undefined) return Buffer.compare(bytes(left.B), bytes(right.B));
  return undefined;
}

/** @throws AwsError for a sum that cannot be kept */
export function addValues(left: string, right: string, sign: 1 | -1): AttributeValue {
  const sum = addNumbers(left, right, sign);
  const problem = numberProblem(sum);
  if (problem !== undefined) throw invalid(problem);
  return { N: sum };
}

export const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
export function sizeOf(value: AttributeValue): number {
  switch (typeOf(value)) {
    case 'S':
      return Buffer.byteLength(value.S ?? '');
    case 'N':
      return numberSize(value.N ?? '');
    case 'B':
      return bytes(value.B ?? '').length;
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'L':
      return (value.L ?? []).reduce((size, each) => size + 1 + sizeOf(each), 3);
    case 'M':
      return itemSize(value.M ?? {}, 1) + 3;
    case 'SS':
      return (value.SS ?? []).reduce((size, each) => size + Buffer.byteLength(each), 0);
    case 'NS':
      return (value.NS ?? []).reduce((size, each) => size + numberSize(each), 0);
    case 'BS':
      return (value.BS ?? []).reduce((size, each) => size + bytes(each).length, 0);
  }
}

const numberSize = (text: string): number => Math.ceil(text.replace(/^-?0*\.?0*|[-.]/g, '').length / 2) + 1;

/** Bytes of names and values; with `overhead` as many more for each. */
export function itemSize(item: AttributeMap, overhead = 0): number {
  let size = 0;
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) size += Buffer.byteLength(name) + sizeOf(value) + overhead;
  }
  return size;
}
