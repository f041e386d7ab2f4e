import { PlatformError } from '../../../shared/errors.ts';
import { redactText } from '../../../shared/observability/logger.ts';
import { awsAdvice } from '../aws-advice.ts';
import { type Check, type Finding, fail } from './check.ts';
import type { DoctorContext } from './context.ts';

/** A finding with the name of the check that made it. */
export interface Line extends Finding {
  readonly name: string;
}

/**
 * Runs the checks one after another. One that cannot look at its subject is a failure of its own; the others go on,
 * unless they need what it looks at.
 *
 * @param tell told of each line as soon as it is there
 */
export async function runChecks(
  checks: readonly Check[],
  context: DoctorContext,
  tell: (line: Line) => void,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const { name, run, isEssential = false } of checks) {
    const findings = [await run(context).catch((error: unknown) => couldNotLook(error))].flat();
    for (const finding of findings) {
      const line: Line = { name: finding.subject === undefined ? name : `${name} ${finding.subject}`, ...finding };
      lines.push(line);
      tell(line);
    }
    if (isEssential && findings.some(({ status }) => status === 'fail')) break;
  }
  return lines;
}

function couldNotLook(error: unknown): Finding {
  const reason =
    error instanceof PlatformError
      ? error.message
      : error instanceof Error
        ? `${error.name}: ${redactText(error.message)}`
        : 'an unknown error';
  return fail(`could not be looked at: ${reason}`, awsAdvice(error) ?? 'Check the network, and run this again.');
}
