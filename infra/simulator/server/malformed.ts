import type { Fault, FaultOf } from '../faults/fault-specs.ts';
import { fractionOf } from '../generator/random.ts';

/** What a row is spoilt with; keys as they are spelled on the wire. */
export interface RowContext {
  readonly id: number;
  readonly rowKey: string;
  readonly idKey: string;
  readonly seed: number;
}

type Json = Record<string, unknown>;

/** Applies the faults that change single rows to the JSON of one row. */
export function spoilRow(rowJson: string, faults: readonly Fault[], context: RowContext): string {
  let json = rowJson;
  for (const fault of faults) {
    if (fault.kind === 'unknownFields') json = change(json, context.rowKey, addUnknownFields);
    if (fault.kind === 'changedFields') json = change(json, context.rowKey, (own) => changeFields(own, fault));
    if (fault.kind === 'malformedRows' && isHit(fault, context)) json = malform(json, fault.how, context);
  }
  return json;
}

/** The same rows are hit whenever they are read, as a row that is wrong in a database stays wrong. */
function isHit({ ids, fraction }: FaultOf<'malformedRows'>, { id, seed }: RowContext): boolean {
  return ids === undefined ? fractionOf(seed, 111, id) < fraction : ids.includes(id);
}

function malform(json: string, how: FaultOf<'malformedRows'>['how'], { rowKey, idKey }: RowContext): string {
  switch (how) {
    case 'notAnObject':
      return '"not a row"';
    case 'missingId':
      return change(json, rowKey, (own) => {
        delete own[idKey];
      });
    case 'badDate':
      return change(json, rowKey, (own) => spoil(own, /^date|Date$|DateTime$|^date_|_date$/, 'soon'));
    case 'badFlag':
      return change(json, rowKey, (own) => spoil(own, /^is[A-Z_]/, 'perhaps'));
    case 'badAmount':
      return change(json, rowKey, (own, row) => {
        if (!spoil(own, /mount$|^rent$/, 'abc'))
          Object.values(row)
            .filter(isJson)
            .some((part) => spoil(part, /mount$/, 'abc'));
      });
  }
}

function addUnknownFields(own: Json): void {
  own.futureField = 'a value of tomorrow';
  own.futureObject = { nested: [1, '2', null], flag: true };
}

function changeFields(own: Json, { gained, lost, retyped }: FaultOf<'changedFields'>): void {
  Object.assign(own, gained);
  for (const name of lost) delete own[name];
  for (const name of retyped) if (Object.hasOwn(own, name)) own[name] = [own[name]];
}

function change(json: string, rowKey: string, edit: (own: Json, row: Json) => unknown): string {
  const row: unknown = JSON.parse(json);
  if (!isJson(row)) return json;
  const own = row[rowKey];
  edit(isJson(own) ? own : row, row);
  return JSON.stringify(row);
}

/** Gives the first fitting key another value. */
function spoil(object: Json, key: RegExp, value: string): boolean {
  const found = Object.keys(object).find((name) => key.test(name));
  if (found !== undefined) object[found] = value;
  return found !== undefined;
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
