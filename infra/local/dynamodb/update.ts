import { isDeepStrictEqual } from 'node:util';
import { type AttributeMap, type AttributeValue, addValues, typeOf } from './attribute-value.ts';
import { invalid } from './errors.ts';
import { assertApart, type ExpressionReader, type Path, valueAt } from './expression-reader.ts';

type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'ifNotExists'; readonly path: Path; readonly otherwise: Operand }
  | { readonly kind: 'append'; readonly first: Operand; readonly second: Operand }
  | { readonly kind: 'sum'; readonly left: Operand; readonly right: Operand; readonly sign: 1 | -1 };

type Action =
  | { readonly kind: 'set'; readonly path: Path; readonly to: Operand }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add' | 'delete'; readonly path: Path; readonly value: AttributeValue };

/** By DynamoDB's grammar: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html */
export type Update = readonly Action[];

const sections = ['SET', 'REMOVE', 'ADD', 'DELETE'];
const sets = ['SS', 'NS', 'BS'] as const;

/** @throws AwsError for what DynamoDB would not understand */
export function readUpdate(reader: ExpressionReader): Update {
  const actions: Action[] = [];
  const done = new Set<string>();
  while (reader.peek() !== '') {
    const section = sections.find((each) => reader.accept(each)) ?? reader.fail();
    if (done.has(section)) reader.fail(`The "${section}" section can only be used once in an update expression;`);
    done.add(section);
    do actions.push(action(section, reader));
    while (reader.accept(','));
  }
  assertApart(
    actions.map(({ path }) => path),
    reader.kind,
  );
  return actions;
}

function action(section: string, reader: ExpressionReader): Action {
  const path = reader.path();
  if (section === 'REMOVE') return { kind: 'remove', path };
  if (section === 'SET') {
    reader.expect('=');
    return { kind: 'set', path, to: sum(reader) };
  }
  const value = reader.value();
  const isSet = sets.some((type) => value[type] !== undefined);
  if (!isSet && (section === 'DELETE' || value.N === undefined)) {
    reader.fail(
      `Incorrect operand type for operator or function; operator: ${section}, operand type: ${longNames[typeOf(value)] ?? typeOf(value)}`,
    );
  }
  return { kind: section === 'ADD' ? 'add' : 'delete', path, value };
}

const longNames: Readonly<Record<string, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
};

function sum(reader: ExpressionReader): Operand {
  const left = operand(reader);
  const operator = ['+', '-'].find((each) => reader.accept(each));
  if (operator === undefined) return left;
  const right = operand(reader);
  check(reader, operator, [left, right], 'N');
  return { kind: 'sum', left, right, sign: operator === '+' ? 1 : -1 };
}

function operand(reader: ExpressionReader): Operand {
  if (reader.peek().startsWith(':')) return { kind: 'value', value: reader.value() };
  if (reader.peek(1) !== '(') return { kind: 'path', path: reader.path() };
  const name = reader.take();
  reader.expect('(');
  if (name === 'if_not_exists') {
    const path = reader.path();
    reader.expect(',');
    const otherwise = operand(reader);
    reader.expect(')');
    if (otherwise.kind === 'path' && isDeepStrictEqual(path, otherwise.path)) {
      reader.fail(
        `The first operand must be distinct from the remaining operands for this operator or function; operator: ${name}`,
      );
    }
    return { kind: 'ifNotExists', path, otherwise };
  }
  if (name !== 'list_append') reader.fail(`Invalid function name; function: ${name}`);
  const first = operand(reader);
  reader.expect(',');
  const second = operand(reader);
  reader.expect(')');
  check(reader, name, [first, second], 'L');
  return { kind: 'append', first, second };
}

function check(reader: ExpressionReader, operator: string, operands: readonly Operand[], wanted: 'N' | 'L'): void {
  const type = operands
    .flatMap((each) => (each.kind === 'value' ? [typeOf(each.value)] : []))
    .find((each) => each !== wanted);
  if (type === undefined) return;
  reader.fail(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  );
}

/**
 * What an item is after an update. All of the update's operands are what was there before it.
 *
 * @param key what an item consists of that is not there yet
 *
 * @throws AwsError where the update does not fit what is there
 */
export function applyUpdate(update: Update, before: AttributeMap | undefined, key: AttributeMap): AttributeMap {
  const changes = update.map((each) => ({ path: each.path, to: changed(each, before ?? {}) }));
  // Positions in lists are those of before: what is removed last shifts nothing that is still to be found.
  const order = (change: (typeof changes)[number]) => (change.to === undefined ? 1 : 0);
  const byPlace = changes.toSorted((a, b) => order(a) - order(b) || descending(a.path, b.path));
  let after: AttributeValue = { M: before ?? key };
  for (const { path, to } of byPlace) after = replaced(after, path, to);
  return after.M ?? {};
}

const descending = (a: Path, b: Path): number => Number(b.at(-1)) - Number(a.at(-1)) || 0;

/** The new value at an action's path; undefined where nothing is to be there. */
function changed(action: Action, before: AttributeMap): AttributeValue | undefined {
  if (action.kind === 'remove') return undefined;
  if (action.kind === 'set') return resolve(action.to, before);
  const { value } = action;
  const old = valueAt(before, action.path);
  if (value.N !== undefined) {
    if (old !== undefined && old.N === undefined) throw wrongOperand();
    return addValues(old?.N ?? '0', value.N, 1);
  }
  const type = sets.find((each) => value[each] !== undefined);
  if (type === undefined) throw wrongOperand();
  const [members, others] = [old?.[type] ?? [], value[type] ?? []];
  if (old !== undefined && old[type] === undefined) throw wrongOperand();
  const left =
    action.kind === 'add' ? [...new Set([...members, ...others])] : members.filter((each) => !others.includes(each));
  return left.length === 0 ? undefined : { [type]: left };
}

const wrongOperand = () => invalid('An operand in the update expression has an incorrect data type');

function resolve(operand: Operand, before: AttributeMap): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path': {
      const value = valueAt(before, operand.path);
      if (value !== undefined) return value;
      throw invalid('The provided expression refers to an attribute that does not exist in the item');
    }
    case 'ifNotExists':
      return valueAt(before, operand.path) ?? resolve(operand.otherwise, before);
    case 'append': {
      const [first, second] = [resolve(operand.first, before).L, resolve(operand.second, before).L];
      if (first === undefined || second === undefined) throw wrongOperand();
      return { L: [...first, ...second] };
    }
    case 'sum': {
      const [left, right] = [resolve(operand.left, before).N, resolve(operand.right, before).N];
      if (left === undefined || right === undefined) throw wrongOperand();
      return addValues(left, right, operand.sign);
    }
  }
}

/** A value with another at a path, or with nothing there. */
function replaced(value: AttributeValue, [step, ...rest]: Path, to: AttributeValue | undefined): AttributeValue {
  const { L, M } = value;
  if (typeof step === 'number' && L !== undefined) {
    if (rest.length > 0) {
      const child = L[step];
      if (child === undefined) throw invalidPath();
      return { L: L.with(step, replaced(child, rest, to)) };
    }
    if (to === undefined) return { L: L.filter((_, at) => at !== step) };
    return { L: step < L.length ? L.with(step, to) : [...L, to] };
  }
  if (typeof step !== 'string' || M === undefined) throw invalidPath();
  if (rest.length > 0) {
    const child = M[step];
    if (child === undefined) throw invalidPath();
    return { M: { ...M, [step]: replaced(child, rest, to) } };
  }
  const { [step]: _old, ...others } = M;
  return { M: to === undefined ? others : { ...others, [step]: to } };
}

const invalidPath = () => invalid('The document path provided in the update expression is invalid for update');
