/**
 * Settings of an AWS client in a function that somebody waits for: a service that hangs must leave time to say so.
 *
 * @param requestTimeout milliseconds that an answer may take
 */
export const clientTimeouts = (requestTimeout: number) => ({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
});
