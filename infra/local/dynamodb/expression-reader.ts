import { type AttributeMap, type AttributeValue, readMap } from './attribute-value.ts';
import { invalid } from './errors.ts';
import { reservedWords } from './reserved-words.ts';

/** From an item on: names of maps' members and positions in lists. */
export type Path = readonly (string | number)[];

export type ExpressionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression';

/** What a request's expressions mean by `#name` and `:value`. */
export interface Placeholders {
  name(placeholder: string, kind: ExpressionKind): string;
  value(placeholder: string, kind: ExpressionKind): AttributeValue;
  /** To be called when all expressions have been read. @throws AwsError where something was given for nothing */
  assertUsed(): void;
}

/** @throws AwsError for values that DynamoDB would not take, and for anything given without an expression */
export function readPlaceholders(
  names: Readonly<Record<string, string>> | undefined,
  given: object | undefined,
  hasExpressions: boolean,
): Placeholders {
  if (!hasExpressions && names !== undefined) {
    throw invalid('ExpressionAttributeNames can only be specified when using expressions');
  }
  if (!hasExpressions && given !== undefined) {
    throw invalid('ExpressionAttributeValues can only be specified when using expressions');
  }
  for (const [kind, members] of Object.entries({ ExpressionAttributeNames: names, ExpressionAttributeValues: given })) {
    if (members !== undefined && Object.keys(members).length === 0) throw invalid(`${kind} must not be empty`);
  }
  const values: AttributeMap = readMap(given ?? {});
  const unused = { names: new Set(Object.keys(names ?? {})), values: new Set(Object.keys(values)) };
  return {
    name(placeholder, kind) {
      const name = names?.[placeholder];
      if (name !== undefined) {
        unused.names.delete(placeholder);
        return name;
      }
      throw invalid(
        `Invalid ${kind}: An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
      );
    },
    value(placeholder, kind) {
      const value = values[placeholder];
      if (value !== undefined) {
        unused.values.delete(placeholder);
        return value;
      }
      throw invalid(
        `Invalid ${kind}: An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
      );
    },
    assertUsed() {
      for (const [what, left] of [['Names', unused.names] as const, ['Values', unused.values] as const]) {
        if (left.size === 0) continue;
        throw invalid(
          `Value provided in ExpressionAttribute${what} unused in expressions: keys: {${[...left].join(', ')}}`,
        );
      }
    },
  };
}

/** An expression, token by token. */
export interface ExpressionReader {
  readonly kind: ExpressionKind;
  /** The next token, or one further ahead; empty at the end. */
  peek(ahead?: number): string;
  /** Takes the next token if it is this one, in any case. */
  accept(token: string): boolean;
  /** @throws AwsError where the next token is another */
  expect(token: string): void;
  take(): string;
  path(): Path;
  value(): AttributeValue;
  end(): void;
  fail(why?: string): never;
}

const tokenPattern = /\s*([A-Za-z_]\w*|[#:]\w+|\d+|<>|<=|>=|[=<>()[\],.+-])/y;
const isName = (token: string): boolean => /^[A-Za-z_#]/.test(token);

export function expressionReader(text: string, kind: ExpressionKind, placeholders: Placeholders): ExpressionReader {
  if (text.trim() === '') throw invalid(`Invalid ${kind}: The expression can not be empty;`);
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  for (let from = 0; text.slice(from).trim() !== ''; from = tokenPattern.lastIndex) {
    const [, token] = tokenPattern.exec(text) ?? [];
    if (token === undefined)
      throw invalid(`Invalid ${kind}: Syntax error; token: "${text.slice(from).trim().charAt(0)}"`);
    tokens.push(token);
  }
  let at = 0;

  const fail = (why?: string): never => {
    throw invalid(`Invalid ${kind}: ${why ?? `Syntax error; token: "${tokens[at] ?? '<EOF>'}", near: "${near()}"`}`);
  };
  const near = () => tokens.slice(Math.max(0, at - 1), at + 2).join(' ');
  const peek = (ahead = 0) => tokens[at + ahead] ?? '';
  const take = () => tokens[at++] ?? fail();
  const accept = (token: string) => {
    if (peek().toUpperCase() !== token) return false;
    at += 1;
    return true;
  };
  const expect = (token: string) => {
    if (!accept(token)) fail();
  };
  const name = () => {
    if (!isName(tokens[at] ?? '')) fail();
    const token = take();
    if (token.startsWith('#')) return placeholders.name(token, kind);
    if (reservedWords.has(token.toUpperCase())) {
      fail(`Attribute name is a reserved keyword; reserved keyword: ${token}`);
    }
    return token;
  };

  return {
    kind,
    peek,
    take,
    accept,
    expect,
    fail,
    path() {
      const path: (string | number)[] = [name()];
      for (;;) {
        if (accept('.')) path.push(name());
        else if (accept('[')) {
          if (!/^\d+$/.test(peek())) fail();
          path.push(Number(take()));
          expect(']');
        } else return path;
      }
    },
    value() {
      if (!peek().startsWith(':')) fail();
      return placeholders.value(take(), kind);
    },
    end() {
      if (at < tokens.length) fail();
    },
  };
}

/** @returns undefined where nothing is there */
export function valueAt(item: AttributeMap, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const step of path) value = typeof step === 'number' ? value?.L?.[step] : value?.M?.[step];
  return value;
}

/** @throws AwsError where two paths lead to the same place, or one through another */
export function assertApart(paths: readonly Path[], kind: ExpressionKind): void {
  for (const [index, path] of paths.entries()) {
    for (const other of paths.slice(0, index)) {
      const common = Math.min(path.length, other.length);
      const differs = path.slice(0, common).findIndex((step, at) => step !== other[at]);
      const [one, two] = [other, path].map(
        (each) => `[${each.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`,
      );
      const told = `path one: ${one}, path two: ${two}`;
      if (differs < 0) {
        throw invalid(
          `Invalid ${kind}: Two document paths overlap with each other; must remove or rewrite one of these paths; ${told}`,
        );
      }
      if (typeof path[differs] !== typeof other[differs]) {
        throw invalid(
          `Invalid ${kind}: Two document paths conflict with each other; must remove or rewrite one of these paths; ${told}`,
        );
      }
    }
  }
}
