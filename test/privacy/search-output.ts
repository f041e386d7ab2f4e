import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { forbiddenEverywhere, forbiddenInLogs } from './markers.ts';
import { endings } from './recorded-output.ts';

/** A marker that got out. */
export interface Leak {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly marker: string;
  /** The line around the marker. */
  readonly text: string;
}

export interface SearchResult {
  readonly files: number;
  readonly lines: number;
  readonly leaks: readonly Leak[];
}

const contextLength = 100;

/** Searches every file that {@link recordingOutput} wrote below a directory, and files that a test put there itself. */
export async function searchOutput(directory: string): Promise<SearchResult> {
  const leaks: Leak[] = [];
  let lines = 0;
  const names = existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: 'utf8' }) : [];
  const files = names.map((name) => join(directory, name)).filter((path) => statSync(path).isFile());
  for (const file of files) {
    const markers = file.endsWith(endings.printed) ? forbiddenInLogs : forbiddenEverywhere;
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      for (const marker of markers) {
        const at = text.indexOf(marker);
        if (at >= 0) {
          leaks.push({ file, line, marker, text: text.slice(Math.max(0, at - contextLength), at + contextLength) });
        }
      }
    }
    lines += line;
  }
  return { files: files.length, lines, leaks };
}
