import type { Condition, Operand } from './condition.ts';
import { invalid } from './errors.ts';
import type { KeyRange } from './items.ts';
import type { KeyNames } from './table.ts';

/** After every text that begins with the same. */
const last = '\u{10FFFF}';

/** Which items of which partition a query is about. @throws AwsError for a condition that a key cannot have */
export function readKeyCondition(condition: Condition, keys: KeyNames): { partition: string; range: KeyRange } {
  const [hash, sort] = keys;
  const parts = partsOf(condition);
  if (parts.length > 2) throw invalid('Invalid KeyConditionExpression: Too many conditions');
  let partition: string | undefined;
  let range: KeyRange = {};
  for (const part of parts) {
    const name = subjectOf(part);
    if (name === hash && part.kind === 'compare' && part.comparator === '=') partition = textOf(part.right);
    else if (name !== undefined && name === sort) range = rangeOf(part);
    else if (name === hash) throw invalid('Query key condition not supported');
    else throw invalid(`Query condition missed key schema element: ${partition === undefined ? hash : (sort ?? hash)}`);
  }
  if (partition === undefined) throw invalid(`Query condition missed key schema element: ${hash}`);
  return { partition, range };
}

const partsOf = (condition: Condition): readonly Condition[] =>
  condition.kind === 'and' ? condition.conditions.flatMap(partsOf) : [condition];

function subjectOf(condition: Condition): string | undefined {
  const subject =
    condition.kind === 'compare' ? condition.left : 'subject' in condition ? condition.subject : undefined;
  return subject?.kind === 'path' && subject.path.length === 1 ? String(subject.path[0]) : undefined;
}

function textOf(operand: Operand): string {
  if (operand.kind !== 'value')
    throw invalid('Invalid KeyConditionExpression: a key can be compared with a value alone');
  if (operand.value.S === undefined) {
    throw invalid('One or more parameter values were invalid: Condition parameter type does not match schema type');
  }
  return operand.value.S;
}

/** Whether a sort key is within a range. */
export function isWithin({ from, to }: KeyRange, text: string): boolean {
  const order = (other: string) => Buffer.compare(Buffer.from(text), Buffer.from(other));
  const isAfter = from === undefined || order(from.text) > 0 || (from.inclusive && from.text === text);
  return isAfter && (to === undefined || order(to.text) < 0 || (to.inclusive && to.text === text));
}

function rangeOf(condition: Condition): KeyRange {
  if (condition.kind === 'between') {
    return {
      from: { text: textOf(condition.low), inclusive: true },
      to: { text: textOf(condition.high), inclusive: true },
    };
  }
  if (condition.kind === 'beginsWith') {
    const prefix = textOf(condition.part);
    return { from: { text: prefix, inclusive: true }, to: { text: prefix + last, inclusive: true } };
  }
  if (condition.kind !== 'compare' || condition.comparator === '<>') throw invalid('Query key condition not supported');
  const { comparator } = condition;
  const bound = { text: textOf(condition.right), inclusive: comparator.endsWith('=') };
  if (comparator === '=') return { from: bound, to: bound };
  return comparator.startsWith('<') ? { to: bound } : { from: bound };
}
