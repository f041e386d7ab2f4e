import { afterEach, beforeEach, vi } from 'vitest';

/** Keeps what each test of the file that calls this would print. */
export function capturedOutput(streams: readonly ('stdout' | 'stderr')[] = ['stdout', 'stderr']) {
  let written = '';
  const capture = (chunk: unknown): boolean => {
    written += String(chunk);
    return true;
  };
  beforeEach(() => {
    written = '';
    for (const stream of streams) vi.spyOn(process[stream], 'write').mockImplementation(capture);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
  return {
    forget: () => {
      written = '';
    },
    text: () => written,
    /** Its lines, each read as JSON. */
    lines: () =>
      written
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  };
}
