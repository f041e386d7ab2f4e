import { parseArgs } from 'node:util';
import * as z from 'zod';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';

/** One option of a command: how it is read, checked and filled in, and its line in the help, follow from this. */
export interface Option<Schema extends z.ZodType = z.ZodType> {
  /** What stands for its value in the help: `<name>`. A flag has none. */
  readonly value?: string;
  readonly help: string;
  /** Its messages go on from the option's name: `must be a whole number`. */
  readonly schema: Schema;
}

export type Options = Readonly<Record<string, Option>>;

export type ValuesOf<Given extends Options> = { readonly [Name in keyof Given]: z.output<Given[Name]['schema']> };

export const flag = (help: string) => ({ help, schema: z.boolean().default(false) });

export const option = <Schema extends z.ZodType>(value: string, help: string, schema: Schema) => ({
  value,
  help,
  schema,
});

/** An option that there was; who still uses it is told what to do. It is in no help. */
export const gone = (instead: string) => ({ value: '', help: '', schema: z.never(instead).optional() });

export const text = z.string({ error: 'is missing' }).min(1, 'must not be empty');

export const oneOf = <const Name extends string>(names: readonly Name[]) =>
  z.enum(names, {
    error: ({ input }) => `${input === undefined ? 'is missing: ' : 'must be '}one of ${names.join(', ')}`,
  });

export const resourceName = oneOf(resources.map(({ name }) => name));

export const wholeNumber = (low: number, high = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .refine((digits) => /^\d+$/.test(digits) && Number(digits) >= low && Number(digits) <= high, {
      error: `must be a whole number from ${low}${high === Number.MAX_SAFE_INTEGER ? '' : ` to ${high}`}`,
    })
    .transform(Number);

export const defaultDataDir = '.local';

/** Options of every command of `npm run ops`. */
export const commonOptions = {
  stage: option(
    '<stage>',
    'a deployed stage, with the AWS credentials of the shell; without it the stack that runs here',
    text.optional(),
  ),
  data: option('<dir>', 'where the stack that runs here keeps its state', text.default(defaultDataDir)),
  account: option('<name>', 'the Rentvine account; may be left out where there is only one', text.optional()),
  json: flag('print JSON, for programs'),
  help: flag('this text'),
};

export interface Arguments<Given extends Options> {
  readonly values: ValuesOf<Given>;
  readonly positionals: readonly string[];
}

/**
 * Reads a command's arguments.
 *
 * @param fault makes the error of a sentence that names each wrong option
 */
export function readArguments<Given extends Options>(
  options: Given,
  args: readonly string[],
  fault: (problem: string) => Error,
): Arguments<Given> {
  const types = Object.entries(options).map(([name, { value }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string' } as const,
  ]);
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options: Object.fromEntries(types), allowPositionals: true });
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw fault(reason);
  }
  const schemas = Object.entries(options).map(([name, { schema }]) => [name, schema]);
  const checked = z.object(Object.fromEntries(schemas)).safeParse(parsed.values);
  if (!checked.success) {
    const problems = checked.error.issues.map(({ path: [name], message }) => `--${String(name)} ${message}`);
    throw fault(problems.join('; '));
  }
  return { values: checked.data as ValuesOf<Given>, positionals: parsed.positionals };
}

/** A line for each option, with its default. */
export function describeOptions(options: Options): string {
  return inColumns(
    Object.entries(options)
      .filter(([, { help }]) => help !== '')
      .map(([name, { value, help, schema }]) => {
        const { data: byDefault } = schema.safeParse(undefined);
        const shown = typeof byDefault === 'string' || typeof byDefault === 'number';
        return [`--${name}${value === undefined ? '' : ` ${value}`}`, help + (shown ? `; default ${byDefault}` : '')];
      }),
  );
}

/** Pairs side by side, as help shows them. */
export function inColumns(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([left]) => left.length));
  return lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
