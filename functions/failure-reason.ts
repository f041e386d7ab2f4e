import { PlatformError } from '../shared/errors.ts';
import { redactText } from '../shared/observability/logger.ts';

/**
 * Why something failed, in words that may be kept: only our own errors are known to hold no field values.
 *
 * @param who the function, as a sentence's subject: `The sync worker`
 */
export const failureReason = (who: string, error: unknown): { code: string; message: string } =>
  error instanceof PlatformError
    ? { code: error.code, message: redactText(error.message) }
    : {
        code: 'INTERNAL',
        message: `${who} failed: ${error instanceof Error ? error.name : 'unknown error'}; its log has the details.`,
      };
