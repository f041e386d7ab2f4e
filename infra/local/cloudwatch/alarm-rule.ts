import { ConfigurationError } from '../../../shared/errors.ts';
import type { AlarmState } from './missing-data.ts';

/** The rule of a composite alarm, parsed. */
export interface AlarmRule {
  /** Names of the alarms that it asks for. */
  readonly alarms: readonly string[];
  holds(stateOf: (alarm: string) => AlarmState): boolean;
}

type Test = (stateOf: (alarm: string) => AlarmState) => boolean;

const tokenPattern = /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"?([^")]+?)"?\s*\)|(AND|OR|NOT|TRUE|FALSE)\b|([()]))/y;

interface Token {
  readonly text: string;
  readonly alarm?: string;
}

function stateNamed(text: string): AlarmState {
  if (text === 'ALARM' || text === 'OK') return text;
  return 'INSUFFICIENT_DATA';
}

/** Rules name an alarm by name or ARN. */
export function alarmNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.split(':').slice(6).join(':') : nameOrArn;
}

/**
 * Parses the rule of a composite alarm: `ALARM("a") AND NOT (OK(b) OR FALSE)`. NOT binds tightest, then AND, then OR.
 *
 * @throws ConfigurationError for anything else, `AT_LEAST` included
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function parseAlarmRule(rule: string): AlarmRule {
  const fault = (problem: string): ConfigurationError => new ConfigurationError(`Alarm rule ${rule}: ${problem}`);
  const tokens: Token[] = [];
  const alarms = new Set<string>();
  const pattern = new RegExp(tokenPattern);
  const end = rule.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(rule);
    if (!match) throw fault(`cannot be read from ${JSON.stringify(rule.slice(at, at + 20))} on`);
    const [, state, name, word, sign] = match;
    if (state !== undefined && name !== undefined) {
      const alarm = alarmNameOf(name);
      alarms.add(alarm);
      tokens.push({ text: state, alarm });
    } else tokens.push({ text: word ?? sign ?? '' });
  }

  function primary(): Test {
    const token = tokens.shift();
    if (!token) throw fault('it ends too early');
    const { alarm, text } = token;
    if (alarm !== undefined) {
      const wanted = stateNamed(text);
      return (stateOf) => stateOf(alarm) === wanted;
    }
    if (text === 'TRUE' || text === 'FALSE') return () => text === 'TRUE';
    if (text === 'NOT') {
      const inner = primary();
      return (stateOf) => !inner(stateOf);
    }
    if (text !== '(') throw fault(`${text} is in the wrong place`);
    const inner = either();
    if (tokens.shift()?.text !== ')') throw fault('a parenthesis is not closed');
    return inner;
  }
  function both(): Test {
    const tests = [primary()];
    while (tokens[0]?.text === 'AND') {
      tokens.shift();
      tests.push(primary());
    }
    return (stateOf) => tests.every((test) => test(stateOf));
  }
  function either(): Test {
    const tests = [both()];
    while (tokens[0]?.text === 'OR') {
      tokens.shift();
      tests.push(both());
    }
    return (stateOf) => tests.some((test) => test(stateOf));
  }

  const holds = either();
  if (tokens[0]) throw fault(`${tokens[0].text} is in the wrong place`);
  return { alarms: [...alarms], holds };
}
