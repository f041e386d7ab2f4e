import { isDeepStrictEqual } from 'node:util';
import { type AttributeType, type AttributeValue, compareValues, isAttributeType, typeOf } from './attribute-value.ts';
import type { ExpressionReader, Path } from './expression-reader.ts';

const comparators = ['=', '<>', '<=', '<', '>=', '>'] as const;
export type Comparator = (typeof comparators)[number];

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'size'; readonly of: Operand };

/** By DynamoDB's grammar: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */
export type Condition =
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly subject: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly subject: Operand; readonly options: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path; readonly wanted: boolean }
  | { readonly kind: 'hasType'; readonly path: Path; readonly type: AttributeType }
  | { readonly kind: 'beginsWith' | 'contains'; readonly subject: Operand; readonly part: Operand }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] };

const maxOptions = 100;

/** Reads a condition up to where it ends. @throws AwsError for what DynamoDB would not understand */
export function readCondition(reader: ExpressionReader): Condition {
  return chain('or', () => chain('and', () => negation(reader), reader), reader);
}

function chain(kind: 'and' | 'or', readNext: () => Condition, reader: ExpressionReader): Condition {
  const first = readNext();
  const conditions = [first];
  while (reader.accept(kind.toUpperCase())) conditions.push(readNext());
  return conditions.length === 1 ? first : { kind, conditions };
}

function negation(reader: ExpressionReader): Condition {
  if (reader.accept('NOT')) return { kind: 'not', condition: negation(reader) };
  if (reader.accept('(')) {
    const condition = readCondition(reader);
    reader.expect(')');
    if (isEnclosed(condition)) reader.fail('The expression has redundant parentheses;');
    return { kind: 'and', conditions: [condition] };
  }
  return predicate(reader);
}

/** Of one condition alone only parentheses make a conjunction. */
const isEnclosed = (condition: Condition): boolean => condition.kind === 'and' && condition.conditions.length === 1;

function predicate(reader: ExpressionReader): Condition {
  if (reader.peek(1) === '(' && reader.peek() !== 'size') return booleanFunction(reader);
  const subject = operand(reader);
  if (reader.accept('BETWEEN')) {
    const low = operand(reader);
    reader.expect('AND');
    const high = operand(reader);
    check(reader, 'BETWEEN', [subject, low, high], 'SNB');
    const order = low.kind === 'value' && high.kind === 'value' ? compareValues(low.value, high.value) : 0;
    if (order === undefined) reader.fail('The BETWEEN operator requires same data type for lower and upper bounds');
    if (order > 0) reader.fail('The BETWEEN operator requires upper bound to be greater than or equal to lower bound');
    return { kind: 'between', subject, low, high };
  }
  if (reader.accept('IN')) {
    reader.expect('(');
    const options = [operand(reader)];
    while (reader.accept(',')) options.push(operand(reader));
    reader.expect(')');
    if (options.length > maxOptions) {
      reader.fail(`The IN operator is provided with too many operands; number of operands: ${options.length}`);
    }
    check(reader, 'IN', [subject, ...options]);
    return { kind: 'in', subject, options };
  }
  const comparator = comparators.find((each) => reader.accept(each));
  if (comparator === undefined) return reader.fail();
  const right = operand(reader);
  check(reader, comparator, [subject, right], comparator === '=' || comparator === '<>' ? undefined : 'SNB');
  return { kind: 'compare', comparator, left: subject, right };
}

function booleanFunction(reader: ExpressionReader): Condition {
  const name = reader.take();
  reader.expect('(');
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists': {
      const path = reader.path();
      reader.expect(')');
      return { kind: 'exists', path, wanted: name === 'attribute_exists' };
    }
    case 'attribute_type': {
      const path = reader.path();
      reader.expect(',');
      const value = reader.value();
      reader.expect(')');
      if (value.S === undefined) reader.fail(wrongType(name, typeOf(value)));
      if (!isAttributeType(value.S)) return reader.fail(`Invalid attribute type name found; type: ${value.S}`);
      return { kind: 'hasType', path, type: value.S };
    }
    case 'begins_with':
    case 'contains': {
      const subject = operand(reader);
      reader.expect(',');
      const part = operand(reader);
      reader.expect(')');
      check(reader, name, [subject, part], name === 'begins_with' ? 'SB' : undefined);
      return { kind: name === 'contains' ? 'contains' : 'beginsWith', subject, part };
    }
    default:
      return reader.fail(`Invalid function name; function: ${name}`);
  }
}

function operand(reader: ExpressionReader): Operand {
  if (reader.peek().startsWith(':')) return { kind: 'value', value: reader.value() };
  if (reader.peek(1) !== '(') return { kind: 'path', path: reader.path() };
  const name = reader.take();
  if (name !== 'size') reader.fail(`Invalid function name; function: ${name}`);
  reader.expect('(');
  const of = operand(reader);
  reader.expect(')');
  return { kind: 'size', of };
}

const wrongType = (what: string, type: AttributeType): string =>
  `Incorrect operand type for operator or function; operator or function: ${what}, operand type: ${type}`;

/** @param allowed the types, each of one letter, that values may have; without it, any */
function check(reader: ExpressionReader, operator: string, operands: readonly Operand[], allowed?: 'SNB' | 'SB'): void {
  const [first, ...others] = operands;
  if (first?.kind === 'path' && others.some((other) => isDeepStrictEqual(first, other))) {
    reader.fail(
      `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}`,
    );
  }
  for (const each of operands) {
    const type = each.kind === 'value' ? typeOf(each.value) : each.kind === 'size' ? 'N' : undefined;
    if (allowed !== undefined && type !== undefined && !allowed.split('').includes(type)) {
      reader.fail(wrongType(operator, type));
    }
  }
}

/** All paths that a condition looks at. */
export function pathsOf(condition: Condition): readonly Path[] {
  const ofOperand = (operand: Operand): Path[] =>
    operand.kind === 'path' ? [operand.path] : operand.kind === 'size' ? ofOperand(operand.of) : [];
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.flatMap(pathsOf);
    case 'not':
      return pathsOf(condition.condition);
    case 'exists':
    case 'hasType':
      return [condition.path];
    case 'compare':
      return [condition.left, condition.right].flatMap(ofOperand);
    case 'between':
      return [condition.subject, condition.low, condition.high].flatMap(ofOperand);
    case 'in':
      return [condition.subject, ...condition.options].flatMap(ofOperand);
    case 'beginsWith':
    case 'contains':
      return [condition.subject, condition.part].flatMap(ofOperand);
  }
}
