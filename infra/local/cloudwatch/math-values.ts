import { MathError } from './math-syntax.ts';

/** A value for each period of the range looked at, oldest first; undefined where data is missing. */
export type Series = readonly (number | undefined)[];

export type MathValue =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'series'; readonly points: Series }
  | { readonly kind: 'list'; readonly items: readonly Series[] };

export const scalar = (value: number): MathValue => ({ kind: 'scalar', value });
export const series = (points: Series): MathValue => ({ kind: 'series', points });

type Calculate = (left: number, right: number) => number;

const truth = (holds: boolean): number => (holds ? 1 : 0);

const operators: Readonly<Record<string, Calculate>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '==': (left, right) => truth(left === right),
  '!=': (left, right) => truth(left !== right),
  '<=': (left, right) => truth(left <= right),
  '>=': (left, right) => truth(left >= right),
  '<': (left, right) => truth(left < right),
  '>': (left, right) => truth(left > right),
  '&&': (left, right) => truth(left !== 0 && right !== 0),
  '||': (left, right) => truth(left !== 0 || right !== 0),
};

/** A division by zero yields no data point. */
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** Where only one of two series has a value, the other's counts as zero; where neither has, the result has none. */
function pairwise(left: Series, right: Series, calculate: Calculate): Series {
  return left.map((value, at) => {
    const other = right[at];
    return value === undefined && other === undefined ? undefined : finite(calculate(value ?? 0, other ?? 0));
  });
}

const each = (points: Series, calculate: (value: number) => number): Series =>
  points.map((value) => (value === undefined ? undefined : finite(calculate(value))));

/** @throws MathError for lists of different lengths */
export function operate(operator: string, left: MathValue, right: MathValue): MathValue {
  const calculate = operators[operator];
  if (!calculate) throw new MathError(`uses operator ${operator}, which is not supported here`);
  if (left.kind === 'list' || right.kind === 'list') {
    const length = left.kind === 'list' ? left.items.length : right.kind === 'list' ? right.items.length : 0;
    if (left.kind === 'list' && right.kind === 'list' && left.items.length !== right.items.length) {
      throw new MathError('combines lists of different lengths');
    }
    const item = (value: MathValue, at: number): MathValue =>
      value.kind === 'list' ? series(value.items[at] ?? []) : value;
    const items = Array.from({ length }, (_, at) => {
      const result = operate(operator, item(left, at), item(right, at));
      return result.kind === 'series' ? result.points : [];
    });
    return { kind: 'list', items };
  }
  if (left.kind === 'series') {
    return series(
      right.kind === 'series'
        ? pairwise(left.points, right.points, calculate)
        : each(left.points, (value) => calculate(value, right.value)),
    );
  }
  return right.kind === 'series'
    ? series(each(right.points, (value) => calculate(left.value, value)))
    : scalar(calculate(left.value, right.value));
}

/** Applies `change` to each series of a value. */
export function mapSeries(value: MathValue, change: (points: Series) => Series): MathValue {
  if (value.kind === 'scalar') throw new MathError('needs a time series where it has a number');
  return value.kind === 'series' ? series(change(value.points)) : { kind: 'list', items: value.items.map(change) };
}

/**
 * Of one series: a number, over all its points. Of a list: a series, across the list at each point in time.
 *
 * @param missingAsZero whether a series without a value at a time counts as zero there, if any other has one
 */
export function aggregate(
  value: MathValue,
  combine: (values: readonly number[]) => number,
  missingAsZero: boolean,
): MathValue {
  const known = (points: Series): number[] => points.filter((point) => point !== undefined);
  if (value.kind === 'scalar') throw new MathError('needs a time series where it has a number');
  if (value.kind === 'series') return scalar(combine(known(value.points)));
  const length = Math.max(0, ...value.items.map((item) => item.length));
  return series(
    Array.from({ length }, (_, at) => {
      const present = known(value.items.map((item) => item[at]));
      if (present.length === 0) return undefined;
      const absent = missingAsZero ? value.items.length - present.length : 0;
      return finite(combine([...present, ...Array.from({ length: absent }, () => 0)]));
    }),
  );
}

/**
 * IF: a point whose condition is missing is dropped, a missing value counts as zero where the condition holds, and is
 * dropped where it does not.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#using-IF-expressions
 */
export function choose(condition: MathValue, yes: MathValue, no: MathValue | undefined): MathValue {
  const at = (value: MathValue | undefined, index: number): number | undefined => {
    if (value?.kind === 'list') throw new MathError('uses IF with a list of time series');
    return value?.kind === 'series' ? value.points[index] : value?.value;
  };
  const lengths = [condition, yes, no].map((value) => (value?.kind === 'series' ? value.points.length : 0));
  const length = Math.max(...lengths);
  if (length === 0) {
    const chosen = at(condition, 0) === 0 ? no : yes;
    if (!chosen) throw new MathError('uses IF of numbers without a value for the other case');
    return chosen;
  }
  return series(
    Array.from({ length }, (_, index) => {
      const given = at(condition, index);
      if (given === undefined) return undefined;
      if (given === 0) return at(no, index);
      return at(yes, index) ?? (condition.kind === 'series' ? 0 : undefined);
    }),
  );
}

/** FILL with REPEAT: the value before, where there is one. */
export function repeatLast(points: Series): Series {
  let last: number | undefined;
  return points.map((point) => {
    last = point ?? last;
    return last;
  });
}

/** FILL with LINEAR: on the line between the values before and after; the ends stay missing. */
export function interpolate(points: Series): Series {
  return points.map((point, at) => {
    if (point !== undefined) return point;
    const before = points.findLastIndex((value, index) => index < at && value !== undefined);
    const after = points.findIndex((value, index) => index > at && value !== undefined);
    const [first, last] = [points[before], points[after]];
    if (first === undefined || last === undefined) return undefined;
    return first + ((last - first) * (at - before)) / (after - before);
  });
}
