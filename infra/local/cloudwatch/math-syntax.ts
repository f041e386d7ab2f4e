/** An expression of metric math, parsed. */
export type MathNode =
  | { readonly kind: 'number'; readonly value: number }
  /** Id of a metric or of another expression. */
  | { readonly kind: 'id'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly MathNode[] }
  | { readonly kind: 'operation'; readonly operator: string; readonly left: MathNode; readonly right: MathNode }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly MathNode[] };

/** An expression that cannot be parsed or evaluated here; the message says what of it. */
export class MathError extends Error {
  override readonly name = 'MathError';
}

const tokenPattern = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(<=|>=|[-+*/<>()[\],]))/y;

interface Token {
  readonly kind: 'number' | 'word' | 'sign';
  readonly text: string;
}

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  const end = expression.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(expression);
    if (!match) throw new MathError(`cannot be read from ${JSON.stringify(expression.slice(at, at + 10))} on`);
    const [, number, word, sign = ''] = match;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else found.push({ kind: 'sign', text: sign });
  }
  return found;
}

/** Binary operators, the loosest first. */
const precedence: readonly (readonly string[])[] = [
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
];

/**
 * Parses an expression of metric math.
 *
 * @throws MathError
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax
 */
export function parseMath(expression: string): MathNode {
  const rest = tokens(expression);
  const isSign = (text: string): boolean => rest[0]?.kind === 'sign' && rest[0].text === text;

  function expect(text: string): void {
    if (!isSign(text)) throw new MathError(`needs ${text} before ${rest[0]?.text ?? 'its end'}`);
    rest.shift();
  }

  function items(closing: string): MathNode[] {
    const found: MathNode[] = [];
    while (!isSign(closing)) {
      if (found.length > 0) expect(',');
      found.push(binary(0));
    }
    rest.shift();
    return found;
  }

  function primary(): MathNode {
    const token = rest.shift();
    if (!token) throw new MathError('ends too early');
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'word') {
      if (!isSign('(')) return { kind: 'id', name: token.text };
      rest.shift();
      return { kind: 'call', name: token.text, arguments: items(')') };
    }
    if (token.text === '[') return { kind: 'list', items: items(']') };
    if (token.text === '(') {
      const inner = binary(0);
      expect(')');
      return inner;
    }
    throw new MathError(`has ${token.text} where a value should be`);
  }

  function binary(level: number): MathNode {
    const operators = precedence[level];
    if (!operators) return primary();
    let left = binary(level + 1);
    for (let token = rest[0]; token?.kind === 'sign' && operators.includes(token.text); token = rest[0]) {
      rest.shift();
      left = { kind: 'operation', operator: token.text, left, right: binary(level + 1) };
    }
    return left;
  }

  const root = binary(0);
  if (rest[0]) throw new MathError(`goes on with ${rest[0].text} after its end`);
  return root;
}
