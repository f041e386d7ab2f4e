import type { JsonSchema } from './openapi-types.ts';

/** One field of an object's schema, however deep. */
export interface Field {
  /** `checks[].name`. */
  readonly path: string;
  readonly isRequired: boolean;
  readonly schema: JsonSchema;
}

/** All fields of a schema in their order, those of objects and lists in it after the field that holds them. */
export function propertiesOf(schema: JsonSchema, parent = ''): Field[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(asObject(schema.properties)).flatMap(([name, value]) => {
    const field = asObject(value);
    const path = parent + name;
    const inner = field.type === 'array' ? asObject(field.items) : field;
    const below = field.type === 'array' ? `${path}[].` : `${path}.`;
    return [{ path, isRequired: required.includes(name), schema: field }, ...propertiesOf(inner, below)];
  });
}

/** `string`, `list of objects`, `healthy, degraded or unhealthy`. */
export function describeType(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) return either(schema.enum.map(String));
  if (Array.isArray(schema.anyOf)) return either(schema.anyOf.map((each) => describeType(asObject(each))));
  if (schema.type === 'array') return `list of ${describeType(asObject(schema.items))}s`;
  return typeof schema.type === 'string' ? schema.type : 'anything';
}

const either = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

const asObject = (value: unknown): JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
