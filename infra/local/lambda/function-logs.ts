import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** A line that a function wrote. */
export interface LogLine {
  readonly functionName: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface FunctionLogs {
  write(line: LogLine): void;
  close(): void;
}

/** Keeps what functions write, in a file for each; nowhere without a directory. */
export function functionLogs(directory: string | undefined): FunctionLogs {
  const files = new Map<string, WriteStream>();
  return {
    write({ functionName, text }) {
      if (!directory) return;
      const file = files.get(functionName) ?? createWriteStream(join(directory, `${functionName}.log`), { flags: 'a' });
      files.set(functionName, file);
      file.write(`${text}\n`);
    },
    close() {
      for (const file of files.values()) file.end();
    },
  };
}
