const lookAtParentMs = 500;

/**
 * Aborts when the process is told to stop, or when npm, which passes no SIGTERM on through its shell, is gone. Told a second
 * time, the process ends at once.
 */
export function stopSignal(): AbortSignal {
  const stopped = new AbortController();
  const stop = () => (stopped.signal.aborted ? process.exit(130) : stopped.abort());
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    const looking = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(looking);
      stopped.abort();
    }, lookAtParentMs);
    looking.unref();
  }
  return stopped.signal;
}
