/**
 * When the n-th request is due, from 0: the rate grows evenly from nothing during the ramp-up and stays then. Requests
 * are due whether earlier ones have been answered or not, as independent senders would have it; a load that waits for
 * answers would hide exactly the delays that it is to find.
 *
 * @returns milliseconds since the load began
 */
export function dueAt(n: number, requestsPerSecond: number, rampUpSeconds: number): number {
  const duringRampUp = (requestsPerSecond * rampUpSeconds) / 2;
  const seconds =
    n < duringRampUp
      ? Math.sqrt((2 * n * rampUpSeconds) / requestsPerSecond)
      : rampUpSeconds + (n - duringRampUp) / requestsPerSecond;
  return seconds * 1000;
}

/** How many requests are due in ramp-up and full load together. */
export const requestsIn = (requestsPerSecond: number, rampUpSeconds: number, seconds: number): number =>
  Math.floor(requestsPerSecond * (rampUpSeconds / 2 + seconds));
