import { MathError, type MathNode, partsOf } from './math-syntax.ts';
import {
  aggregate,
  choose,
  interpolate,
  type MathValue,
  mapSeries,
  operate,
  repeatLast,
  type Series,
  scalar,
  series,
} from './math-values.ts';

/** What an expression refers to. */
export interface MathScope {
  /** Number of points of every series. */
  readonly length: number;
  /** The series of a metric, or the result of another expression. */
  valueOf(id: string): MathValue;
  /** Seconds; undefined for what is no metric. */
  periodOf(id: string): number | undefined;
  /** All metrics, or those whose id contains `part`. */
  metrics(part: string | undefined): readonly Series[];
  /** The service quota of a usage metric. */
  quota(id: string): number;
}

type Function = (parts: readonly MathNode[], scope: MathScope) => MathValue;

function argument(parts: readonly MathNode[], at: number): MathNode {
  const part = parts[at];
  if (!part) throw new MathError('calls a function with too few arguments');
  return part;
}

const idOf = (node: MathNode): string => {
  if (node.kind !== 'id') throw new MathError('needs the id of a metric where it has an expression');
  return node.name;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const aggregation =
  (combine: (values: readonly number[]) => number, missingAsZero = false): Function =>
  (parts, scope) =>
    aggregate(evaluateMath(argument(parts, 0), scope), combine, missingAsZero);

const functions: Readonly<Record<string, Function>> = {
  SUM: aggregation(sum),
  MAX: aggregation((values) => Math.max(...values)),
  MIN: aggregation((values) => Math.min(...values)),
  AVG: aggregation((values) => sum(values) / values.length, true),
  ABS: (parts, scope) =>
    mapSeries(evaluateMath(argument(parts, 0), scope), (points) =>
      points.map((point) => (point === undefined ? undefined : Math.abs(point))),
    ),
  FILL(parts, scope) {
    const filled = evaluateMath(argument(parts, 0), scope);
    const by = argument(parts, 1);
    if (by.kind === 'id' && by.name === 'REPEAT') return mapSeries(filled, repeatLast);
    if (by.kind === 'id' && by.name === 'LINEAR') return mapSeries(filled, interpolate);
    const value = evaluateMath(by, scope);
    if (value.kind === 'list') throw new MathError('fills with a list of time series');
    return mapSeries(filled, (points) =>
      points.map((point, at) => point ?? (value.kind === 'series' ? value.points[at] : value.value)),
    );
  },
  IF(parts, scope) {
    const [condition, yes, no] = parts.map((part) => evaluateMath(part, scope));
    if (!condition || !yes) throw new MathError('calls IF with too few arguments');
    return choose(condition, yes, no);
  },
  METRICS(parts, scope) {
    const [part] = parts;
    return { kind: 'list', items: scope.metrics(part?.kind === 'text' ? part.value : undefined) };
  },
  PERIOD(parts, scope) {
    const id = idOf(argument(parts, 0));
    const seconds = scope.periodOf(id);
    if (seconds === undefined) throw new MathError(`asks for the PERIOD of ${id}, which is no metric`);
    return scalar(seconds);
  },
  SERVICE_QUOTA(parts, scope) {
    const quota = scope.quota(idOf(argument(parts, 0)));
    return series(Array.from({ length: scope.length }, () => quota));
  },
};

const fillModes = new Set(['REPEAT', 'LINEAR']);

/**
 * Looks whether everything that an expression names is there.
 *
 * @param ids of the metrics and the other expressions
 * @throws MathError naming the function or id
 */
export function checkMath(node: MathNode, ids: ReadonlySet<string>): void {
  for (const part of partsOf(node)) {
    if (part.kind === 'call' && !Object.hasOwn(functions, part.name)) {
      throw new MathError(`uses function ${part.name}, which is not supported here`);
    }
    if (part.kind === 'id' && !ids.has(part.name) && !fillModes.has(part.name)) {
      throw new MathError(`uses ${part.name}, which is neither a metric nor an expression of it`);
    }
  }
}

/** @throws MathError when types do not fit, such as a number where a time series is needed */
export function evaluateMath(node: MathNode, scope: MathScope): MathValue {
  switch (node.kind) {
    case 'number':
      return scalar(node.value);
    case 'text':
      throw new MathError('has a text where a value should be');
    case 'id':
      return scope.valueOf(node.name);
    case 'list': {
      const items = node.items.flatMap((item) => {
        const value = evaluateMath(item, scope);
        if (value.kind === 'scalar') throw new MathError('has a number in a list of time series');
        return value.kind === 'series' ? [value.points] : value.items;
      });
      return { kind: 'list', items };
    }
    case 'negation':
      return operate('*', scalar(-1), evaluateMath(node.operand, scope));
    case 'operation':
      return operate(node.operator, evaluateMath(node.left, scope), evaluateMath(node.right, scope));
    case 'call': {
      const run = functions[node.name];
      if (!run) throw new MathError(`uses function ${node.name}, which is not supported here`);
      return run(node.arguments, scope);
    }
  }
}
