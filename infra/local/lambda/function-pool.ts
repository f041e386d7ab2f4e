import { randomUUID } from 'node:crypto';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { EnvironmentData, EnvironmentMessage, FunctionError, InvokeMessage } from './messages.ts';

export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly module: string;
  readonly exportName: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** See `Clock`. */
  readonly aheadMs?: BigInt64Array | undefined;
  /** Most environments at once. */
  readonly concurrency: number;
}

/** Outcome of an invocation: the handler's result as JSON, or how it failed. */
export type InvocationOutcome =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError };

export interface PoolHooks {
  onLog(line: { functionName: string; stream: 'stdout' | 'stderr'; text: string }): void;
  onStart(info: { functionName: string; requestId: string; payload: string; kill(): boolean }): void;
  onEnd?(info: { functionName: string; requestId: string; durationMs: number; failed: boolean }): void;
}

/** All environments of one function. */
export interface FunctionPool {
  readonly definition: FunctionDefinition;
  /** Runs the handler once, when an environment is free; never rejects. */
  invoke(payload: string): Promise<InvocationOutcome>;
  /** Invocations that run or wait. */
  active(): number;
  /** Resolves when the hooks have been told of all that was written until now. */
  written(): Promise<void>;
  /** Ends every environment; invocations still running fail as if the environment had crashed. */
  stop(): Promise<void>;
}

interface Invocation {
  readonly payload: string;
  readonly requestId: string;
  settle(outcome: InvocationOutcome): void;
}

interface Environment {
  readonly worker: Worker;
  current: Invocation | undefined;
  deadline: NodeJS.Timeout | undefined;
  startedAt: number;
  /** Called when it told that its output was read, or ended. */
  readonly flushes: (() => void)[];
}

/** Environments that a function starts at the same time: threads compete for the machine's few cores. */
const startingAtOnce = 2;

/** A thread does not inherit where this process keeps compiled code, and compiling is a third of an environment's start. */
const compileCache = (): Record<string, string> => {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
};

const crash = (requestId: string): FunctionError => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: Runtime exited without providing a reason`,
});

/**
 * Runs one function as Lambda does: each environment is a thread that handles one invocation at a time and stays
 * warm; there are at most `concurrency` of them, and what comes on top waits (Lambda would throttle it).
 */
export function functionPool(definition: FunctionDefinition, hooks: PoolHooks): FunctionPool {
  const environments = new Set<Environment>();
  const idle: Environment[] = [];
  const waiting: Invocation[] = [];
  let starting = 0;
  let running = 0;
  let stopped = false;

  function start(): void {
    starting += 1;
    let loading = true;
    const data: EnvironmentData = {
      module: definition.module,
      exportName: definition.exportName,
      functionName: definition.name,
      functionArn: definition.arn,
      memoryMb: definition.memoryMb,
      logGroup: `/aws/lambda/${definition.name}`,
      logStream: `local/${randomUUID()}`,
      aheadMs: definition.aheadMs,
    };
    const worker = new Worker(new URL('./runtime.ts', import.meta.url), {
      workerData: data,
      env: { ...definition.environment, ...compileCache() },
      stdout: true,
      stderr: true,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: definition.memoryMb },
    });
    const environment: Environment = { worker, current: undefined, deadline: undefined, startedAt: 0, flushes: [] };
    environments.add(environment);
    for (const stream of ['stdout', 'stderr'] as const) {
      createInterface({ input: worker[stream] }).on('line', (text) => {
        hooks.onLog({ functionName: definition.name, stream, text });
      });
    }
    let lastError: FunctionError | undefined;
    const loaded = (): void => {
      if (!loading) return;
      loading = false;
      starting -= 1;
    };
    worker.on('message', (message: EnvironmentMessage) => {
      if (message.kind === 'ready') {
        loaded();
        release(environment);
      } else if (message.kind === 'initFailed') {
        lastError = message.error;
        void worker.terminate();
      } else if (message.kind === 'flushed') {
        environment.flushes.shift()?.();
      } else if (environment.current?.requestId === message.requestId) {
        const outcome: InvocationOutcome =
          message.kind === 'result' ? { ok: true, payload: message.payload } : { ok: false, error: message.error };
        finish(environment, outcome);
        release(environment);
      }
    });
    worker.on('error', (error: Error & { code?: string }) => {
      const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      lastError = {
        errorType: outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError',
        errorMessage: outOfMemory ? `Out of memory: the function has ${definition.memoryMb} MB` : String(error),
      };
      hooks.onLog({ functionName: definition.name, stream: 'stderr', text: error.stack ?? String(error) });
    });
    worker.on('exit', () => {
      const failedToLoad = loading;
      loaded();
      environments.delete(environment);
      for (const flushed of environment.flushes.splice(0)) flushed();
      const at = idle.indexOf(environment);
      if (at >= 0) idle.splice(at, 1);
      if (environment.current) {
        finish(environment, { ok: false, error: lastError ?? crash(environment.current.requestId) });
      } else if (failedToLoad) {
        const first = waiting.shift();
        first?.settle({ ok: false, error: lastError ?? crash(first.requestId) });
      }
      dispatch();
    });
  }

  function finish(environment: Environment, outcome: InvocationOutcome): void {
    clearTimeout(environment.deadline);
    const invocation = environment.current;
    environment.current = undefined;
    if (!invocation) return;
    running -= 1;
    const durationMs = performance.now() - environment.startedAt;
    hooks.onEnd?.({
      functionName: definition.name,
      requestId: invocation.requestId,
      durationMs,
      failed: !outcome.ok,
    });
    invocation.settle(outcome);
  }

  function release(environment: Environment): void {
    if (!environments.has(environment)) return;
    idle.push(environment);
    dispatch();
  }

  function run(environment: Environment, invocation: Invocation): void {
    const { requestId, payload } = invocation;
    running += 1;
    environment.current = invocation;
    environment.startedAt = performance.now();
    const kill = (): boolean => {
      if (environment.current !== invocation) return false;
      void environment.worker.terminate();
      return true;
    };
    environment.deadline = setTimeout(() => {
      const seconds = (definition.timeoutMs / 1000).toFixed(2);
      const at = new Date().toISOString();
      const errorMessage = `${at} ${requestId} Task timed out after ${seconds} seconds`;
      hooks.onLog({ functionName: definition.name, stream: 'stderr', text: errorMessage });
      environments.delete(environment);
      finish(environment, { ok: false, error: { errorType: 'Sandbox.Timedout', errorMessage } });
      void environment.worker.terminate();
    }, definition.timeoutMs);
    const message: InvokeMessage = { requestId, payload, deadlineMs: Date.now() + definition.timeoutMs };
    environment.worker.postMessage(message);
    hooks.onStart({ functionName: definition.name, requestId, payload, kill });
  }

  function dispatch(): void {
    while (waiting.length > 0 && !stopped) {
      // The environment used last has the warmest caches.
      const environment = idle.pop();
      if (!environment) break;
      const invocation = waiting.shift();
      if (invocation) run(environment, invocation);
    }
    const wanted = Math.min(waiting.length, startingAtOnce);
    while (!stopped && starting < wanted && environments.size < definition.concurrency) start();
  }

  return {
    definition,
    active: () => waiting.length + running,
    invoke(payload) {
      return new Promise((settle) => {
        const requestId = randomUUID();
        if (stopped) {
          settle({ ok: false, error: crash(requestId) });
          return;
        }
        waiting.push({ payload, requestId, settle });
        dispatch();
      });
    },
    async written() {
      const flush = (environment: Environment): Promise<void> =>
        new Promise((resolve) => {
          environment.flushes.push(resolve);
          environment.worker.postMessage('flush');
        });
      await Promise.all([...environments].map(flush));
    },
    async stop() {
      stopped = true;
      for (const invocation of waiting.splice(0)) invocation.settle({ ok: false, error: crash(invocation.requestId) });
      await Promise.all([...environments].map((environment) => environment.worker.terminate()));
    },
  };
}
