import { type AttributeMap, type AttributeValue, bytes, compareValues, sameValue, typeOf } from './attribute-value.ts';
import type { Comparator, Condition, Operand } from './condition.ts';
import { valueAt } from './expression-reader.ts';

/** Whether an item, empty where there is none, meets a condition. */
export function holds(condition: Condition, item: AttributeMap): boolean {
  const resolve = (operand: Operand): AttributeValue | undefined => {
    if (operand.kind === 'value') return operand.value;
    if (operand.kind === 'path') return valueAt(item, operand.path);
    const value = resolve(operand.of);
    return value && lengthOf(value);
  };
  switch (condition.kind) {
    case 'and':
      return condition.conditions.every((each) => holds(each, item));
    case 'or':
      return condition.conditions.some((each) => holds(each, item));
    case 'not':
      return !holds(condition.condition, item);
    case 'exists':
      return (valueAt(item, condition.path) !== undefined) === condition.wanted;
    case 'hasType': {
      const value = valueAt(item, condition.path);
      return value !== undefined && typeOf(value) === condition.type;
    }
    case 'beginsWith':
      return beginsWith(resolve(condition.subject), resolve(condition.part));
    case 'contains':
      return contains(resolve(condition.subject), resolve(condition.part));
    case 'in': {
      const subject = resolve(condition.subject);
      return subject !== undefined && condition.options.some((option) => sameValue(subject, resolve(option)));
    }
    case 'between': {
      const [subject, low, high] = [condition.subject, condition.low, condition.high].map(resolve);
      return compare('>=', subject, low) && compare('<=', subject, high);
    }
    case 'compare':
      return compare(condition.comparator, resolve(condition.left), resolve(condition.right));
  }
}

function compare(comparator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (comparator === '<>') return !(left !== undefined && right !== undefined && sameValue(left, right));
  if (left === undefined || right === undefined) return false;
  if (comparator === '=') return sameValue(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (order === 0) return comparator === '<=' || comparator === '>=';
  return order < 0 ? comparator.startsWith('<') : comparator.startsWith('>');
}

function lengthOf(value: AttributeValue): AttributeValue | undefined {
  const members = value.L ?? value.SS ?? value.NS ?? value.BS;
  if (members !== undefined) return { N: String(members.length) };
  if (value.M !== undefined) return { N: String(Object.keys(value.M).length) };
  if (value.S !== undefined) return { N: String(Buffer.byteLength(value.S)) };
  return value.B === undefined ? undefined : { N: String(bytes(value.B).length) };
}

function beginsWith(value: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (value?.S !== undefined && part?.S !== undefined) return value.S.startsWith(part.S);
  if (value?.B === undefined || part?.B === undefined) return false;
  const start = bytes(part.B);
  return bytes(value.B).subarray(0, start.length).equals(start);
}

function contains(value: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (value === undefined || part === undefined) return false;
  if (value.L !== undefined) return value.L.some((each) => sameValue(each, part));
  if (part.S !== undefined) return value.SS?.includes(part.S) ?? value.S?.includes(part.S) ?? false;
  if (part.N !== undefined) return value.NS?.includes(part.N) ?? false;
  if (part.B === undefined) return false;
  return value.BS?.includes(part.B) ?? (value.B !== undefined && bytes(value.B).includes(bytes(part.B)));
}
