import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../../shared/errors.ts';

const runbooks = fileURLToPath(new URL('../runbooks/', import.meta.url));

/**
 * The link of an alarm's article.
 *
 * @param baseUrl where the folder `infra/runbooks` can be read; without it, the link is the path in the repository
 * @throws ConfigurationError when the article is not written
 */
export function runbookOf(alarm: string, baseUrl?: string): string {
  if (!existsSync(`${runbooks}${alarm}.md`)) {
    throw new ConfigurationError(`The alarm ${alarm} has no runbook: write infra/runbooks/${alarm}.md.`);
  }
  return `${baseUrl?.replace(/\/+$/, '') ?? 'infra/runbooks'}/${alarm}.md`;
}
