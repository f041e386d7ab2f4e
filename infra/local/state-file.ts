import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type * as z from 'zod';

/** A small piece of state in one JSON file, replaced whole; in memory only when there is no file name. */
export interface StateFile<T> {
  value: T;
  save(): void;
}

/** Files are readable by their owner only: one of them holds secrets. */
export function stateFile<T>(path: string | undefined, schema: z.ZodType<T>, initial: T): StateFile<T> {
  const value = path && existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, 'utf8'))) : initial;
  return {
    value,
    save() {
      if (!path) return;
      writeFileSync(`${path}.new`, JSON.stringify(this.value), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
}
