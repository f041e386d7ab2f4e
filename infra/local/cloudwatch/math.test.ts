import { describe, expect, test } from 'vitest';
import { checkMath, evaluateMath } from './math.ts';
import { MathError, parseMath } from './math-syntax.ts';
import { type MathValue, type Series, scalar, series } from './math-values.ts';

const _ = undefined;

/** Evaluates an expression on the metrics given; each has a period of a minute. */
function evaluate(expression: string, metrics: Readonly<Record<string, Series>> = {}): Series | number {
  const node = parseMath(expression);
  checkMath(node, new Set(Object.keys(metrics)));
  const result: MathValue = evaluateMath(node, {
    length: Math.max(0, ...Object.values(metrics).map((points) => points.length)),
    valueOf: (id) => series(metrics[id] ?? []),
    periodOf: () => 60,
    metrics: (part) =>
      Object.entries(metrics)
        .filter(([id]) => id.includes(part ?? ''))
        .map(([, points]) => points),
    quota: () => 1000,
  });
  if (result.kind === 'list') throw new Error('a list');
  return result.kind === 'scalar' ? result.value : result.points;
}

describe('metric math', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['-2 ^ 2', -4],
    ['2 ^ 3 ^ 2', 512],
    ['10 - 4 - 3', 3],
    ['1 + 1 == 2 AND 3 > 4', 0],
    ['1 > 2 OR 2 >= 2', 1],
    ['1 || 0 && 0', 1],
    ['.5e1', 5],
  ])('%s is %d', (expression, value) => {
    expect(evaluate(expression)).toBe(value);
  });

  test('counts a missing value as zero where the other series has one, and yields none where neither has', () => {
    const metrics = { a: [1, _, _], b: [2, 3, _] };
    expect(evaluate('a + b', metrics)).toEqual([3, 3, _]);
    expect(evaluate('SUM([a, b])', metrics)).toEqual([3, 3, _]);
    expect(evaluate('a * 2', metrics)).toEqual([2, _, _]);
  });

  test('drops the point where it would divide by zero', () => {
    expect(evaluate('100 * bad / all', { bad: [1, 1, 0], all: [200, _, 0] })).toEqual([0.5, _, _]);
  });

  // The table of AWS's page on comparison and logical operators.
  test.each([
    ['metric1 < metric2', [0, 0, 1, 0]],
    ['metric1 >= 30', [1, 0, 0, 0]],
    ['metric1 > 15 AND metric2 > 15', [1, 0, 0, 0]],
  ])('%s compares as AWS says', (expression, expected) => {
    expect(evaluate(expression, { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] })).toEqual(expected);
  });

  // The tables of AWS's page on IF.
  test.each([
    ['IF(metric1, metric2, metric3)', [30, 0, 20, _, _]],
    ['IF(metric1, 5, metric3)', [5, 5, 20, _, _]],
    ['IF(metric1, metric2, 5)', [30, 0, 5, 5, _]],
    ['IF(metric1, 1)', [1, 1, _, _, _]],
  ])('%s chooses as AWS says', (expression, expected) => {
    const metrics = { metric1: [1, 1, 0, 0, _], metric2: [30, _, 0, 0, 30], metric3: [0, 0, 20, _, 20] };
    expect(evaluate(expression, metrics)).toEqual(expected);
  });

  test('aggregates a series to a number and a list to a series', () => {
    const metrics = { errors1: [1, 5, _], errors2: [3, _, _] };
    expect(evaluate('MAX(errors1)', metrics)).toBe(5);
    expect(evaluate('MAX(METRICS("errors"))', metrics)).toEqual([3, 5, _]);
    expect(evaluate('MIN([errors1, errors2])', metrics)).toEqual([1, 5, _]);
    expect(evaluate('AVG(METRICS())', metrics)).toEqual([2, 2.5, _]);
    expect(evaluate("SUM(METRICS('2') / 2)", metrics)).toEqual([1.5, _, _]);
  });

  test('fills what is missing', () => {
    const metrics = { m: [_, 2, _, 8, _] };
    expect(evaluate('FILL(m, 0)', metrics)).toEqual([0, 2, 0, 8, 0]);
    expect(evaluate('FILL(m, REPEAT)', metrics)).toEqual([_, 2, 2, 8, 8]);
    expect(evaluate('FILL(m, LINEAR)', metrics)).toEqual([_, 2, 5, 8, _]);
    expect(evaluate('SUM(FILL(METRICS(), 1))', metrics)).toEqual([1, 2, 1, 8, 1]);
  });

  test('knows periods, absolute values and the service quota', () => {
    const metrics = { m: [-120, _, 60] };
    expect(evaluate('ABS(m) / PERIOD(m)', metrics)).toEqual([2, _, 1]);
    expect(evaluate('m / SERVICE_QUOTA(m) * 100', metrics)).toEqual([-12, 0, 6]);
  });

  test.each([
    ['STDDEV(m)', 'uses function STDDEV, which is not supported here'],
    ['SEARCH("x", "Sum")', 'uses function SEARCH'],
    ['m + other', 'uses other, which is neither a metric nor an expression'],
    ['m +', 'ends too early'],
    ['(m', 'needs ) before its end'],
    ['m m', 'goes on with m after its end'],
    ['m # 2', 'cannot be read from'],
  ])('%s is refused, saying why', (expression, problem) => {
    expect(() => evaluate(expression, { m: [1] })).toThrow(problem);
  });

  test('never yields a number where a time series is needed', () => {
    expect(() => evaluate('ABS(1)')).toThrow(MathError);
    expect(scalar(1)).toEqual({ kind: 'scalar', value: 1 });
  });
});
