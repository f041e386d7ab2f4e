import { MathError, type MathNode } from './math-syntax.ts';

/** A value for each period of the range looked at, oldest first; undefined where data is missing. */
export type Series = readonly (number | undefined)[];

export type MathValue = number | Series;

/** What an expression refers to. */
export interface MathScope {
  /** Number of points of every series. */
  readonly length: number;
  /** What SERVICE_QUOTA yields. */
  readonly quota: number;
  /** The series of a metric, or the result of another expression. @throws MathError when there is neither */
  lookUp(id: string): MathValue;
}

type Calculate = (left: number, right: number) => number;

const operators: Readonly<Record<string, Calculate>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '<=': (left, right) => Number(left <= right),
  '>=': (left, right) => Number(left >= right),
  '<': (left, right) => Number(left < right),
  '>': (left, right) => Number(left > right),
};

/** A division by zero yields no data point. */
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** Where only one of two series has a value, the other's counts as zero; where neither has, the result has none. */
function operate(calculate: Calculate, left: MathValue, right: MathValue): MathValue {
  if (typeof left === 'number') {
    if (typeof right === 'number') return calculate(left, right);
    return right.map((value) => (value === undefined ? undefined : finite(calculate(left, value))));
  }
  return left.map((value, at) => {
    const other = typeof right === 'number' ? right : right[at];
    const isMissing = value === undefined && (other === undefined || typeof right === 'number');
    return isMissing ? undefined : finite(calculate(value ?? 0, other ?? 0));
  });
}

function seriesOf(node: MathNode | undefined, scope: MathScope): Series {
  if (!node) throw new MathError('calls a function with too few arguments');
  const value = evaluateMath(node, scope);
  if (typeof value === 'number') throw new MathError('needs a time series where it has a number');
  return value;
}

/** Of a list a series: across the list at each point in time, over the values that there are. */
function aggregate([list]: readonly MathNode[], scope: MathScope, combine: (values: number[]) => number): Series {
  if (list?.kind !== 'list') throw new MathError('aggregates what is no list of time series');
  const all = list.items.map((item) => seriesOf(item, scope));
  return Array.from({ length: scope.length }, (_, at) => {
    const present = all.map((points) => points[at]).filter((point) => point !== undefined);
    return present.length === 0 ? undefined : combine(present);
  });
}

const functions: Readonly<Record<string, (parts: readonly MathNode[], scope: MathScope) => Series>> = {
  SUM: (parts, scope) => aggregate(parts, scope, (values) => values.reduce((total, value) => total + value, 0)),
  MAX: (parts, scope) => aggregate(parts, scope, (values) => Math.max(...values)),
  FILL([filled, by], scope) {
    if (by?.kind !== 'number') throw new MathError('fills with what is no number');
    return seriesOf(filled, scope).map((point) => point ?? by.value);
  },
  /**
   * A point whose condition is missing is dropped, a missing value counts as zero where the condition holds, and is dropped
   * where it does not.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#using-IF-expressions
   */
  IF([condition, ifTrue, ifFalse], scope) {
    if (!ifTrue || !ifFalse) throw new MathError('calls IF with too few arguments');
    const [yes, no] = [evaluateMath(ifTrue, scope), evaluateMath(ifFalse, scope)];
    const pick = (value: MathValue, at: number): number | undefined => (typeof value === 'number' ? value : value[at]);
    return seriesOf(condition, scope).map((holds, at) => {
      if (holds === undefined) return undefined;
      return holds === 0 ? pick(no, at) : (pick(yes, at) ?? 0);
    });
  },
  SERVICE_QUOTA([metric], scope) {
    if (metric?.kind !== 'id') throw new MathError('asks for the SERVICE_QUOTA of what is no metric');
    return seriesOf(metric, scope).map(() => scope.quota);
  },
};

/** @throws MathError for what is not supported here, naming it, and where types do not fit */
export function evaluateMath(node: MathNode, scope: MathScope): MathValue {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'id':
      return scope.lookUp(node.name);
    case 'list':
      throw new MathError('has a list of time series where a value should be');
    case 'operation': {
      const calculate = operators[node.operator];
      if (!calculate) throw new MathError(`uses operator ${node.operator}, which is not supported here`);
      return operate(calculate, evaluateMath(node.left, scope), evaluateMath(node.right, scope));
    }
    case 'call': {
      const run = functions[node.name];
      if (!run) throw new MathError(`uses function ${node.name}, which is not supported here`);
      return run(node.arguments, scope);
    }
  }
}
