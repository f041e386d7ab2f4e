import { hash } from 'node:crypto';
import { type Answer, contentOf } from './answer.ts';
import { isObject } from './keys.ts';

/**
 * What kind of answer something is, so that two can be compared: two answers of one kind differ in ids, times and the like
 * only. Holds nothing of what the answer says but a hash of its shape: `404 json 5f2c9a01`.
 */
export type AnswerKind = string;

/** Ids, times, request numbers: what differs between two answers that say the same. */
const particulars = /[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+/gi;
const withoutParticulars = (text: string): string => text.replaceAll(particulars, '#').trim().toLowerCase();

export function answerKindOf(answer: Answer): AnswerKind {
  const content = contentOf(answer.text);
  const { status } = answer;
  // The words of a refusal may name the object; whether a 5xx is about the object at all, only its words can say.
  const isRefusal = status >= 400 && status < 500;
  const shape = content.kind === 'json' ? shapeOf(content.value, !isRefusal) : withoutParticulars(answer.text);
  return `${status} ${content.kind} ${hash('sha256', shape, 'hex').slice(0, 8)}`;
}

/** The names and types of a JSON value, and its texts less what is particular, if wanted. */
function shapeOf(value: unknown, withTexts: boolean): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map((item) => shapeOf(item, withTexts)))].sort().join()}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).map(
      ([key, inner]) => `${withoutParticulars(key)}:${shapeOf(inner, withTexts)}`,
    );
    return `{${entries.sort().join()}}`;
  }
  if (typeof value === 'string') return withTexts ? JSON.stringify(withoutParticulars(value)) : 'text';
  return value === null ? 'null' : typeof value;
}

/** The status, and what the body is: `400 json`. */
export function describeAnswerKind(kind: AnswerKind): string {
  return kind.split(' ').slice(0, 2).join(' ');
}

/** Rentvine's own word that there is no such object: a 404 or 410 that the API itself answered, in JSON or with no body. */
export const isPlainlyGone = (kind: AnswerKind): boolean => /^4(?:04|10) (?:json|empty) /.test(kind);

/**
 * Whether an answer of this kind may also come by chance: from a front end, from a server in trouble, or because a key lost
 * a right. It has to be heard more than once, beside objects that are answered.
 */
export const isDoubtful = (kind: AnswerKind): boolean => /^(?:[25]\d\d|403) | html /.test(kind);
