import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { ConfigurationError } from './errors.ts';

// The small variant of zod brings no texts of its own.
z.config(en());

/** Which keys are wrong and how, and nothing of what they hold. */
const problems = (error: z.core.$ZodError): string =>
  error.issues
    .map((issue) => {
      const key = issue.path.map(String).join('.');
      return key === '' ? issue.message : `${key}: ${issue.message}`;
    })
    .join('; ');

/**
 * Parses a value that a person wrote.
 *
 * @throws ConfigurationError that begins with `what` and names each wrong key, but never repeats a value
 */
export const parseConfiguration = <Schema extends z.core.$ZodType>(
  what: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> => {
  const result = z.safeParse(schema, value, { reportInput: false });
  if (!result.success) throw new ConfigurationError(`${what} is wrong: ${problems(result.error)}`);
  return result.data;
};

/** JSON text, parsed. Node's own parse error quotes the text, so it is not passed on. */
const jsonText = z.pipe(
  z.string(),
  z.transform((text: string, { issues }): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      issues.push({ code: 'custom', message: 'must be valid JSON', input: undefined });
      return z.NEVER;
    }
  }),
);

/** A value that is written as JSON text. */
export const parsedJson = <Schema extends z.core.$ZodType>(schema: Schema) => z.pipe(jsonText, schema);
