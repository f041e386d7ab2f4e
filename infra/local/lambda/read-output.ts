/** Knows whether everything that was written to some streams has been read at their other end. */
export interface WatchedOutput {
  /** Resolves when it has. */
  read(): Promise<void>;
}

/**
 * A thread's output goes to its parent as messages of their own, apart from the thread's other messages and possibly after
 * them. A write's callback is called when the parent took it.
 */
export function watchOutput(streams: readonly NodeJS.WriteStream[]): WatchedOutput {
  let unread = 0;
  let waiting: (() => void)[] = [];
  const done = (): void => {
    unread -= 1;
    if (unread > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  for (const stream of streams) {
    const write = stream.write.bind(stream);
    stream.write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error | null) => void),
      callback?: (error?: Error | null) => void,
    ): boolean => {
      unread += 1;
      const then = typeof encoding === 'function' ? encoding : callback;
      const called = (error?: Error | null): void => {
        done();
        then?.(error);
      };
      return typeof encoding === 'string' ? write(chunk, encoding, called) : write(chunk, called);
    };
  }
  return {
    read: () => (unread === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
