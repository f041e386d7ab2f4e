import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';

/** Whether an event, or a part of one, is what a pattern asks for. */
export type Matches = (value: unknown) => boolean;

const asObject = z.record(z.string(), z.unknown());
const text = z.string();

/** What compares one value, by the operator's name. */
const operators: Readonly<Record<string, (argument: unknown) => Matches>> = {
  prefix: (argument) => {
    const prefix = text.parse(argument);
    return (value) => typeof value === 'string' && value.startsWith(prefix);
  },
  suffix: (argument) => {
    const suffix = text.parse(argument);
    return (value) => typeof value === 'string' && value.endsWith(suffix);
  },
  exists: (argument) => (value) => (value !== undefined) === argument,
  'anything-but': (argument) => {
    const unwanted = (Array.isArray(argument) ? argument : [argument]).map(leaf);
    return (value) => value !== undefined && !unwanted.some((matches) => matches(value));
  },
};

function leaf(rule: unknown): Matches {
  if (typeof rule !== 'object' || rule === null) return (value) => value === rule;
  const [[operator = '', argument] = []] = Object.entries(rule);
  const compare = operators[operator];
  if (!compare) throw new ConfigurationError(`Event pattern: operator ${operator} is not supported`);
  return compare(argument);
}

/**
 * Reads an EventBridge event pattern.
 *
 * @throws ConfigurationError for an operator other than equality, prefix, suffix, exists and anything-but
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function parsePattern(pattern: Readonly<Record<string, unknown>>): Matches {
  const fields = Object.entries(pattern).map(([key, rule]) => {
    if (!Array.isArray(rule)) return [key, parsePattern(asObject.parse(rule))] as const;
    const alternatives = rule.map(leaf);
    const matches: Matches = (value) =>
      (Array.isArray(value) ? value : [value]).some((candidate) => alternatives.some((each) => each(candidate)));
    return [key, matches] as const;
  });
  return (event) => {
    const values = asObject.safeParse(event).data ?? {};
    return fields.every(([key, matches]) => matches(values[key]));
  };
}
