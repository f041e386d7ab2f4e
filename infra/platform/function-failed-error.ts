/** A function of the platform failed; the message is its own. */
export class FunctionFailedError extends Error {
  override readonly name = 'FunctionFailedError';
}
