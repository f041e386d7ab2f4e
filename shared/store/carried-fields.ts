/** How an object was read: as a row of a list, or by itself. The two know different fields. */
export type ReadKind = 'list' | 'single';

export type Data = Readonly<Record<string, unknown>>;

/** A field that one kind of read has been seen to answer, and what is below it. Lists are passed through. */
export interface Field {
  /** RFC 6901: `/tenants/name` is the name of any tenant. */
  readonly pointer: string;
  /** Whether it ever came with a value. Null is no evidence that a read knows a field, nor is an empty text or list. */
  readonly carried: boolean;
  readonly fields: ReadonlyMap<string, Field>;
}

/** JSON pointers to fields, apart by what was seen of them. */
export interface FieldPointers {
  readonly carried: readonly string[];
  /** Fields that only ever came empty. */
  readonly empty: readonly string[];
}

interface LearningField extends Field {
  carried: boolean;
  readonly fields: Map<string, LearningField>;
}

/** An item of DynamoDB holds 400 KB, and both kinds of read share one. What is beyond counts as never carried. */
const maxFields = 2_000;
const maxBytes = 90_000;

/** The fields that one kind of read of one account's resource has ever answered. They only become more. */
export class CarriedFields {
  readonly #root: LearningField = { pointer: '', carried: true, fields: new Map() };
  #count = 0;
  #bytes = 0;

  get root(): Field {
    return this.#root;
  }

  /** Takes note of what an answer holds, and says what of it is new. */
  learn(data: Data): FieldPointers {
    const found = { carried: [], empty: [] };
    this.#learnObject(this.#root, data, found);
    return found;
  }

  /** Takes over what was learnt elsewhere. */
  add({ carried, empty }: FieldPointers): void {
    for (const pointer of empty) this.#reach(pointer);
    for (const pointer of carried) {
      const field = this.#reach(pointer);
      if (field !== undefined) field.carried = true;
    }
  }

  #reach(pointer: string): LearningField | undefined {
    let field: LearningField | undefined = this.#root;
    for (const key of keysOf(pointer)) field = field && (field.fields.get(key) ?? this.#add(field, key));
    return field;
  }

  #add(parent: LearningField, key: string): LearningField | undefined {
    const pointer = pointerTo(parent.pointer, key);
    const bytes = this.#bytes + Buffer.byteLength(pointer);
    if (this.#count === maxFields || bytes > maxBytes) return undefined;
    const field = { pointer, carried: false, fields: new Map() };
    parent.fields.set(key, field);
    this.#count += 1;
    this.#bytes = bytes;
    return field;
  }

  /** Returns whether there is a value anywhere in the object. */
  #learnObject(parent: LearningField, object: Data, found: { carried: string[]; empty: string[] }): boolean {
    let hasValue = false;
    for (const key of Object.keys(object)) {
      const value = object[key];
      if (value === null || value === undefined) continue;
      const known = parent.fields.get(key);
      const field = known ?? this.#add(parent, key);
      if (field === undefined) continue;
      const isValue = this.#learnValue(field, value, found);
      hasValue ||= isValue;
      if (isValue && !field.carried) {
        field.carried = true;
        found.carried.push(field.pointer);
      } else if (known === undefined && !isValue) {
        found.empty.push(field.pointer);
      }
    }
    return hasValue;
  }

  #learnValue(field: LearningField, value: unknown, found: { carried: string[]; empty: string[] }): boolean {
    if (typeof value === 'string') return value.trim() !== '';
    if (!Array.isArray(value)) return isObject(value) ? this.#learnObject(field, value, found) : true;
    let hasValue = false;
    for (const item of value) {
      if (item !== null && this.#learnValue(field, item, found)) hasValue = true;
    }
    return hasValue;
  }
}

/** Whether the field at a pointer, below some other, has ever come with a value. */
export function isCarried(root: Field, pointer: string): boolean {
  let field: Field | undefined = root;
  for (const key of keysOf(pointer)) field = field?.fields.get(key);
  return field?.carried === true;
}

/** The pointer to a key of what another pointer points to. */
export const pointerTo = (parent: string, key: string): string =>
  `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
