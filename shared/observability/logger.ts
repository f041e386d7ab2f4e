import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { ConstructorOptions, LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { captureConsole } from './capture-console.ts';
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
 * Takes secrets and personal fields out of an error, its causes and every other error in it, in place, so that its class
 * survives. For errors that leave a handler: the runtime prints those itself, without asking any logger.
 */
export const redactError = (error: unknown): void => cleanInPlace(error, new Set());

function cleanInPlace(error: unknown, seen: Set<unknown>): void {
  if (Array.isArray(error)) for (const each of error) cleanInPlace(each, seen);
  if (!(error instanceof Error) || seen.has(error)) return;
  seen.add(error);
  const hidden = { message: error.message, stack: error.stack, cause: error.cause, ...manyIn(error) };
  for (const [key, value] of Object.entries({ ...error, ...hidden })) {
    if (value === undefined || typeof value === 'function') continue;
    if (holdsErrors(value)) cleanInPlace(value, seen);
    else replace(error, key, redactor.value({ [key]: value }));
  }
}

const manyIn = (error: Error) => (error instanceof AggregateError ? { errors: error.errors } : {});
const holdsErrors = (value: unknown): boolean =>
  value instanceof Error || (Array.isArray(value) && value.some((each) => each instanceof Error));

function replace(error: Error, key: string, clean: unknown): void {
  try {
    Object.assign(error, clean);
  } catch {
    // A frozen error, or a getter: nothing of ours makes one, and what cannot be changed is at least no key of ours.
    Reflect.deleteProperty(error, key);
  }
}

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
 * has its own output. `POWERTOOLS_LOGGER_SAMPLE_RATE` is the share of invocations that print their debug lines, too.
 */
export const createLogger = (
  options: Pick<ConstructorOptions, 'logLevel' | 'serviceName' | 'sampleRateValue'> = {},
): Logger => {
  // Lambda's own log level would fix Powertools' level for good and so switch sampling off. The stack has it let
  // everything from DEBUG on through; what is printed is decided here.
  delete process.env.AWS_LAMBDA_LOG_LEVEL;
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

// In development Powertools prints with the global console: it would come back here.
if (isLambda && process.env.POWERTOOLS_DEV !== 'true') captureConsole(console, logger, redactor);
