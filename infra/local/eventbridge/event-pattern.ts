import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';

type Matcher = (value: unknown) => boolean;

const asObject = z.record(z.string(), z.unknown());

function numericMatcher(rule: unknown): Matcher {
  const parts = z.array(z.union([z.string(), z.number()])).parse(rule);
  const checks: Matcher[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const bound = Number(parts[at + 1]);
    const compare: Record<string, (value: number) => boolean> = {
      '=': (value) => value === bound,
      '<': (value) => value < bound,
      '<=': (value) => value <= bound,
      '>': (value) => value > bound,
      '>=': (value) => value >= bound,
    };
    const check = compare[String(parts[at])];
    if (!check) throw new ConfigurationError(`Event pattern: numeric operator ${parts[at]} is not supported`);
    checks.push((value) => typeof value === 'number' && check(value));
  }
  return (value) => checks.every((check) => check(value));
}

function leafMatcher(rule: unknown): Matcher {
  if (typeof rule !== 'object' || rule === null) return (value) => value === rule;
  const [entry] = Object.entries(rule);
  const [operator, argument] = entry ?? ['', undefined];
  switch (operator) {
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(z.string().parse(argument));
    case 'suffix':
      return (value) => typeof value === 'string' && value.endsWith(z.string().parse(argument));
    case 'equals-ignore-case':
      return (value) => typeof value === 'string' && value.toLowerCase() === z.string().parse(argument).toLowerCase();
    case 'exists':
      return (value) => (value !== undefined) === argument;
    case 'numeric':
      return numericMatcher(argument);
    case 'anything-but': {
      const unwanted = (Array.isArray(argument) ? argument : [argument]).map(leafMatcher);
      return (value) => value !== undefined && !unwanted.some((matches) => matches(value));
    }
    default:
      throw new ConfigurationError(`Event pattern: operator ${operator || JSON.stringify(rule)} is not supported`);
  }
}

/**
 * Whether an event matches an EventBridge event pattern (also what event source mappings filter by).
 *
 * @throws ConfigurationError for an operator outside of equality, prefix, suffix, equals-ignore-case, exists, numeric,
 * anything-but and $or
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matchesPattern(pattern: Readonly<Record<string, unknown>>, event: unknown): boolean {
  const object = asObject.safeParse(event);
  const fields = object.success ? object.data : {};
  return Object.entries(pattern).every(([key, rule]) => {
    if (key === '$or')
      return z
        .array(asObject)
        .parse(rule)
        .some((option) => matchesPattern(option, event));
    const value = fields[key];
    if (!Array.isArray(rule)) return matchesPattern(asObject.parse(rule), value);
    const matchers = rule.map(leafMatcher);
    const candidates = Array.isArray(value) ? value : [value];
    return candidates.some((candidate) => matchers.some((matches) => matches(candidate)));
  });
}
