/** Waits until `read` answers something. @throws Error naming `what` after `deadlineMs` milliseconds */
export async function eventually<T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
  deadlineMs = 60_000,
): Promise<T> {
  const giveUpAt = Date.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until `condition` holds. @throws Error naming `what` after `deadlineMs` milliseconds */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs?: number,
): Promise<void> {
  await eventually(what, async () => ((await condition()) ? true : undefined), deadlineMs);
}
