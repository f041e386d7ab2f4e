/** What a function's environment is started with. */
export interface EnvironmentData {
  /** Absolute path of the module with the handler. */
  readonly module: string;
  readonly exportName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logStream: string;
  /** See `Clock`. */
  readonly aheadMs?: BigInt64Array | undefined;
}

/** One invocation, sent to the environment. */
export interface InvokeMessage {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  /** Epoch milliseconds at which the function's time-out ends the invocation. */
  readonly deadlineMs: number;
}

/** How a function reports an error: the body of a response with `X-Amz-Function-Error`. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What an environment tells the pool. */
export type EnvironmentMessage =
  | { readonly kind: 'ready' }
  /** Answers `flush`: what was written before has been read. */
  | { readonly kind: 'flushed' }
  | { readonly kind: 'initFailed'; readonly error: FunctionError }
  | { readonly kind: 'result'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'error'; readonly requestId: string; readonly error: FunctionError };
