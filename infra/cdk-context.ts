import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseConfiguration } from '../shared/configuration.ts';
import { ConfigurationError } from '../shared/errors.ts';

const cdkJsonSchema = z.object({ context: z.record(z.string(), z.unknown()).default({}) });

/**
 * The context in `cdk.json`, as the `cdk` command would give it.
 *
 * @throws ConfigurationError when the file cannot be read
 */
export function cdkJsonContext(): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));
  } catch (cause) {
    throw new ConfigurationError('cdk.json is missing or not valid JSON', { cause });
  }
  return parseConfiguration('cdk.json', cdkJsonSchema, content).context;
}
