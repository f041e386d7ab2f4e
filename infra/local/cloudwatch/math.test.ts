import { describe, expect, test } from 'vitest';
import { evaluateMath, type MathValue, type Series } from './math.ts';
import { MathError, parseMath } from './math-syntax.ts';

const _ = undefined;

/** Evaluates an expression on the metrics given; each has a period of a minute. */
function evaluate(expression: string, metrics: Readonly<Record<string, Series>> = {}): MathValue {
  return evaluateMath(parseMath(expression), {
    length: Math.max(0, ...Object.values(metrics).map((points) => points.length)),
    quota: 1000,
    lookUp(id) {
      const found = metrics[id];
      if (!found) throw new MathError(`uses ${id}, which is neither`);
      return found;
    },
  });
}

describe('metric math', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['1 + 1 >= 2', 1],
    ['1 > 2', 0],
    ['8 / 2 / 2', 2],
  ])('%s is %d', (expression, value) => {
    expect(evaluate(expression)).toBe(value);
  });

  test('counts a missing value as zero where the other series has one, and yields none where neither has', () => {
    const metrics = { a: [1, _, _], b: [2, 3, _] };
    expect(evaluate('a + b', metrics)).toEqual([3, 3, _]);
    expect(evaluate('SUM([a, b])', metrics)).toEqual([3, 3, _]);
    expect(evaluate('a * 2', metrics)).toEqual([2, _, _]);
    expect(evaluate('2 * a', metrics)).toEqual([2, _, _]);
  });

  test('drops the point where it would divide by zero', () => {
    expect(evaluate('100 * bad / all', { bad: [1, 1, 0], all: [200, _, 0] })).toEqual([0.5, _, _]);
  });

  // The table of AWS's page on comparison and logical operators.
  test.each([
    ['metric1 < metric2', [0, 0, 1, 0]],
    ['metric1 >= 30', [1, 0, 0, 0]],
  ])('%s compares as AWS says', (expression, expected) => {
    expect(evaluate(expression, { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] })).toEqual(expected);
  });

  // The tables of AWS's page on IF.
  test.each([
    ['IF(metric1, metric2, metric3)', [30, 0, 20, _, _]],
    ['IF(metric1, 5, metric3)', [5, 5, 20, _, _]],
    ['IF(metric1, metric2, 5)', [30, 0, 5, 5, _]],
  ])('%s chooses as AWS says', (expression, expected) => {
    const metrics = { metric1: [1, 1, 0, 0, _], metric2: [30, _, 0, 0, 30], metric3: [0, 0, 20, _, 20] };
    expect(evaluate(expression, metrics)).toEqual(expected);
  });

  test('aggregates a list to a series, over the values that there are', () => {
    const metrics = { errors1: [1, 5, _], errors2: [3, _, _] };
    expect(evaluate('MAX([errors1, errors2])', metrics)).toEqual([3, 5, _]);
    expect(evaluate('SUM([errors1, errors2 / 2])', metrics)).toEqual([2.5, 5, _]);
  });

  test('fills what is missing, and knows the service quota', () => {
    expect(evaluate('FILL(m, 0)', { m: [_, 2, _] })).toEqual([0, 2, 0]);
    expect(evaluate('m / SERVICE_QUOTA(m) * 100', { m: [120, _, 60] })).toEqual([12, 0, 6]);
  });

  test.each([
    ['STDDEV(m)', 'uses function STDDEV, which is not supported here'],
    ['FILL(m, REPEAT)', 'fills with what is no number'],
    ['MAX(m)', 'aggregates what is no list'],
    ['IF(1, 2, 3)', 'needs a time series where it has a number'],
    ['[m]', 'has a list of time series where a value should be'],
    ['m + other', 'uses other, which is neither'],
    ['m AND m', 'goes on with AND after its end'],
    ['-m', 'has - where a value should be'],
    ['m +', 'ends too early'],
    ['(m', 'needs ) before its end'],
    ['m # 2', 'cannot be read from'],
  ])('%s is refused, saying why', (expression, problem) => {
    expect(() => evaluate(expression, { m: [1] })).toThrow(problem);
  });
});
