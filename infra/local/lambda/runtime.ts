/**
 * Entry of the worker thread in which one environment of a function runs: loads the bundle, then handles one
 * invocation at a time, as the Lambda runtime does.
 */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { shiftDate } from '../clock/shifted-date.ts';
import type { EnvironmentData, EnvironmentMessage, FunctionError, InvokeMessage } from './messages.ts';
import { watchOutput } from './read-output.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const data: EnvironmentData = workerData;
/** Of the machine's clock, which deadlines are told in. */
const machineNow = Date.now;
if (data.aheadMs) shiftDate(data.aheadMs);
const tell = (message: EnvironmentMessage): void => parentPort?.postMessage(message);

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

async function load(): Promise<Handler> {
  const loaded: Record<string, unknown> = await import(pathToFileURL(data.module).href);
  const handler = loaded[data.exportName];
  if (typeof handler !== 'function') throw new TypeError(`${data.exportName} is undefined or not exported`);
  return (event, context) => Reflect.apply(handler, undefined, [event, context]);
}

function contextOf(invocation: InvokeMessage): unknown {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: data.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: data.functionArn,
    memoryLimitInMB: String(data.memoryMb),
    awsRequestId: invocation.requestId,
    logGroupName: data.logGroup,
    logStreamName: data.logStream,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineMs - machineNow()),
  };
}

async function run(handler: Handler, invocation: InvokeMessage): Promise<unknown> {
  return handler(JSON.parse(invocation.payload), contextOf(invocation));
}

try {
  const output = watchOutput([process.stdout, process.stderr]);
  const handler = await load();
  parentPort?.on('message', (invocation: InvokeMessage | 'flush') => {
    if (invocation === 'flush') {
      void output.read().then(() => tell({ kind: 'flushed' }));
      return;
    }
    const { requestId } = invocation;
    const trace = `${Math.floor(Date.now() / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)}`;
    process.env._X_AMZN_TRACE_ID = `Root=1-${trace};Parent=${requestId.replaceAll('-', '').slice(0, 16)};Sampled=0`;
    run(handler, invocation).then(
      (result) => tell({ kind: 'result', requestId, payload: JSON.stringify(result) ?? 'null' }),
      (error: unknown) => tell({ kind: 'error', requestId, error: describe(error) }),
    );
  });
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'initFailed', error: describe(error) });
}
