import type { AwsMetrics } from '../cloudwatch/aws-metrics.ts';
import type { LocalStackOptions } from '../local-stack.ts';
import type { FunctionLogs } from './function-logs.ts';
import type { PoolHooks } from './function-pool.ts';

/** Tells of what functions do and write: whoever started the stack, the log files and CloudWatch. */
export function functionHooks(world: {
  options: Pick<LocalStackOptions, 'onLog' | 'invocation' | 'invoked'>;
  logs: FunctionLogs;
  measured: AwsMetrics;
  /** Takes the metrics out of a line. */
  readLine(line: string): void;
}): PoolHooks {
  const { options, logs, measured } = world;
  return {
    onLog(line) {
      options.onLog?.(line);
      logs.write(line);
      if (line.stream === 'stdout') world.readLine(line.text);
    },
    onStart(info) {
      measured.invocationStarted(info.functionName);
      options.invocation?.({ ...info, payload: JSON.parse(info.payload) });
    },
    onEnd(info) {
      measured.invocationEnded(info.functionName, info.durationMs, info.failed);
      options.invoked?.(info);
    },
    onThrottle: (functionName) => measured.invocationThrottled(functionName),
  };
}
