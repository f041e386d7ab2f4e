import * as z from 'zod/mini';
import { stagePattern } from '../shared/account/name.ts';
import { parseConfiguration } from '../shared/configuration.ts';

export const stage = z.string().check(z.regex(stagePattern));
/** Of a table, a bus, a secret or another part of the stack. */
export const name = z.string().check(z.minLength(1));
/** Ends with a slash; the rest of a secret's name is its account. */
export const secretPrefix = z.string().check(z.endsWith('/'));

/**
 * Reads a function's environment, once, while it starts.
 *
 * @throws ConfigurationError that names each missing or wrong variable
 * @example
 * const environment = readEnvironment(environmentSchema);
 */
export const readEnvironment = <Schema extends z.core.$ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<Schema> => parseConfiguration('The environment', schema, environment);
