import * as z from 'zod';
import { additionsOfHistory, filesOfTree, type ScannedText } from './repository.ts';
import { type Finding, findSecrets } from './secrets.ts';

/** What was looked at by a person and is no secret. */
export const baselineSchema = z.array(
  z.strictObject({ digest: z.string().regex(/^[0-9a-f]{16}$/), why: z.string().min(10) }),
);
export type Baseline = z.output<typeof baselineSchema>;

export interface ScanReport {
  /** Where something looks like a credential and is not in the baseline. */
  readonly found: readonly (Finding & { readonly where: string })[];
  readonly files: number;
  /** Of the history: files as commits changed them. */
  readonly additions: number;
  /** Entries of the baseline that nothing needs. */
  readonly unused: readonly string[];
}

/** Looks through the working copy and all that its history ever added. */
export async function scanRepository(directory: string, baseline: Baseline): Promise<ScanReport> {
  const tree = filesOfTree(directory);
  const history = additionsOfHistory(directory);
  const reviewed = new Set(baseline.map(({ digest }) => digest));
  const seen = new Set<string>();
  const found: ScanReport['found'][number][] = [];
  const scan = async ({ where, file, text }: ScannedText) => {
    for (const finding of await findSecrets(file, text)) {
      // What is in the tree need not be told of each commit that had it too.
      if (!seen.has(finding.digest) && !reviewed.has(finding.digest)) found.push({ where, ...finding });
      seen.add(finding.digest);
    }
  };
  for (const text of [...tree, ...history]) await scan(text);
  const unused = [...reviewed].filter((digest) => !seen.has(digest));
  return { found, files: tree.length, additions: history.length, unused };
}
