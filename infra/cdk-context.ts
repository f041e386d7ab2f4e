import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseConfiguration } from '../shared/configuration.ts';
import { ConfigurationError } from '../shared/errors.ts';
import { readSettings, type Settings } from './settings.ts';

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

/** The settings of a stage as this working copy has them. @throws ConfigurationError that names each wrong key */
export function stageSettings(stage: string): Settings {
  const context: Record<string, unknown> = { ...cdkJsonContext(), stage };
  return readSettings((key) => context[key]);
}
