import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

const severities = ['info', 'low', 'moderate', 'high', 'critical'] as const;
const vulnerable = z.object({
  severity: z.enum(severities),
  via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
});
const answerSchema = z.object({
  vulnerabilities: z.record(z.string(), vulnerable),
  metadata: z.object({ vulnerabilities: z.object({ high: z.number(), critical: z.number() }) }),
});
const refusalSchema = z.object({ message: z.string() });

export type AuditReport =
  /** A line for each vulnerable package, and how many of them are of high severity or more. */
  | { readonly kind: 'checked'; readonly lines: readonly string[]; readonly grave: number }
  | { readonly kind: 'notChecked'; readonly why: string };

const patienceMs = 60_000;

/**
 * Asks the registry which of the packages that the lock file names are known to be vulnerable (`npm audit`). Mirrors of the registry
 * often have no such data: then nothing is checked, and that is told.
 */
export async function auditDependencies(directory: string, registry?: string): Promise<AuditReport> {
  const args = ['audit', '--json', '--package-lock-only', '--fetch-retries=0', `--fetch-timeout=${patienceMs}`];
  if (registry !== undefined) args.push('--registry', registry);
  const npm = spawn('npm', args, { cwd: directory, timeout: 2 * patienceMs, stdio: ['ignore', 'pipe', 'ignore'] });
  let answer: unknown;
  try {
    answer = JSON.parse(await text(npm.stdout));
  } catch {
    return { kind: 'notChecked', why: 'npm audit answered nothing that can be read' };
  }
  const audit = answerSchema.safeParse(answer);
  if (!audit.success) {
    const refusal = refusalSchema.safeParse(answer);
    return { kind: 'notChecked', why: refusal.data?.message ?? 'npm audit answered something unknown' };
  }
  const packages = Object.entries(audit.data.vulnerabilities);
  const { high, critical } = audit.data.metadata.vulnerabilities;
  return { kind: 'checked', lines: packages.map(([name, each]) => lineOf(name, each)), grave: high + critical };
}

function lineOf(name: string, { severity, via }: z.output<typeof vulnerable>): string {
  const causes = via.map((cause) => (typeof cause === 'string' ? `by ${cause}` : `${cause.title}, ${cause.url}`));
  return `${severity}: ${name}: ${causes.join('; ')}`;
}
