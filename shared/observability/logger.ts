import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { ConstructorOptions, LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { createRedactor } from './redact.ts';

const redactor = createRedactor();

/**
 * From now on this value appears in no log line and no error that leaves a handler, not even inside a longer text.
 * Values of fewer than four characters cannot be protected this way.
 */
export const redactValue = (value: string): void => redactor.remember(value);

/** The text without registered values, sensitive `key: value` pairs and Authorization credentials. */
export const redactText = (text: string): string => redactor.text(text);

/**
 * Takes secrets and personal fields out of an error and its causes, in place, so that its class survives. For errors
 * that leave a handler: the runtime prints those itself, without asking any logger.
 */
export const redactError = (error: unknown): void => {
  const seen = new Set<unknown>();
  for (let current = error; current instanceof Error && !seen.has(current); current = current.cause) {
    seen.add(current);
    for (const [key, value] of Object.entries({ ...current, message: current.message, stack: current.stack })) {
      if (value instanceof Error || typeof value === 'function') continue;
      const clean = redactor.value({ [key]: value });
      try {
        Object.assign(current, clean);
      } catch {
        // A frozen error keeps its text; nothing of ours makes one.
      }
    }
    if (current.cause !== undefined && !(current.cause instanceof Error)) current.cause = redactor.value(current.cause);
  }
};

/** The attributes that Powertools gives a line by default, with the whole line redacted: no way in gets around it. */
class RedactingLogFormatter extends LogFormatter {
  formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const { lambdaContext } = attributes;
    const line = redactor.value({
      level: attributes.logLevel,
      message: attributes.message,
      timestamp: this.formatTimestamp(attributes.timestamp),
      service: attributes.serviceName,
      cold_start: lambdaContext?.coldStart,
      function_name: lambdaContext?.functionName,
      function_request_id: lambdaContext?.awsRequestId,
      function_memory_size: lambdaContext?.memoryLimitInMB,
      xray_trace_id: attributes.xRayTraceId,
      ...additional,
    });
    return new LogItem({ attributes: { ...(typeof line === 'object' ? line : {}) } });
  }
}

const isLambda = process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined;
const levelIsSet = (process.env.POWERTOOLS_LOG_LEVEL ?? process.env.LOG_LEVEL ?? '') !== '';

/**
 * The house logger with other options; the application itself uses {@link logger}.
 *
 * Outside Lambda only warnings and worse are printed unless `POWERTOOLS_LOG_LEVEL` says otherwise: a command or a test
 * has its own output.
 */
export const createLogger = (options: Pick<ConstructorOptions, 'logLevel' | 'serviceName'> = {}): Logger => {
  const logFormatter = new RedactingLogFormatter();
  const quietly = isLambda || levelIsSet ? {} : ({ logLevel: 'WARN' } as const);
  return new Logger({ ...quietly, ...options, logFormatter });
};

/**
 * The one logger of the application: JSON lines, credentials and personal fields redacted.
 *
 * @example
 * logger.info('Page stored.', { account, resource, correlationId, page: 3, records: 250 });
 */
export const logger = createLogger();
