import { canonicalKey } from '../../../shared/rentvine/canonical.ts';
import { isObject } from '../../../shared/rentvine/keys.ts';
import type { ResourceObservation } from './observation.ts';

type Spellings = Pick<ResourceObservation, 'numbers' | 'booleans' | 'dateTimes'>;

/** How numbers, booleans and date-times are written in what a list answered, by the names of the fields that hold them. */
export function spellingsOf(rows: readonly unknown[]): Spellings {
  const found = { numbers: new Set<string>(), booleans: new Set<string>(), dateTimes: new Set<string>() };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'object') visit(inner);
      else if (inner !== undefined) note(canonicalKey(key), inner);
    }
  };
  const note = (key: string, value: unknown): void => {
    if (/^is[A-Z]/.test(key))
      found.booleans.add(typeof value === 'string' ? `text "${/^[01]$/.test(value) ? '0/1' : 'other'}"` : typeof value);
    else if (/Ids?$|Amount$|^rent$/.test(key)) found.numbers.add(typeof value === 'string' ? 'text' : typeof value);
    else if (/^dateTime/.test(key)) found.dateTimes.add(dateTimeForm(value));
  };
  visit(rows);
  return {
    numbers: [...found.numbers].sort(),
    booleans: [...found.booleans].sort(),
    dateTimes: [...found.dateTimes].sort(),
  };
}

function dateTimeForm(value: unknown): string {
  if (typeof value !== 'string') return typeof value;
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)) return 'zoneless';
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/.test(value)) return 'ISO 8601';
  return 'other';
}
