import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ConfigurationError } from '../../shared/errors.ts';

/** What command-line tools need to reach a stack that runs. */
export const endpointSchema = z.object({
  endpoint: z.string().optional(),
  accessKeyId: z.string().optional(),
  apiUrl: z.string().optional(),
  pid: z.number(),
  /** How far the stack's clock is ahead of the machine's. */
  aheadMs: z.number().default(0),
  outputs: z.record(z.string(), z.record(z.string(), z.string())).default({}),
});

export type EndpointFile = z.infer<typeof endpointSchema>;

const fileIn = (dataDir: string): string => join(dataDir, 'endpoint.json');

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is a living one.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The stack that runs on `dataDir` now; undefined when none does. */
export function readEndpoint(dataDir: string): EndpointFile | undefined {
  if (!existsSync(fileIn(dataDir))) return undefined;
  const parsed = endpointSchema.safeParse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8') || '{}'));
  return parsed.success && alive(parsed.data.pid) ? parsed.data : undefined;
}

type Endpoint = Omit<z.input<typeof endpointSchema>, 'pid' | 'apiUrl'> & { apiUrl?: string | undefined };

/** Makes a directory that no other user of the machine may look into, or closes one that is there. */
export function privateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

export interface DataDir {
  publish(endpoint: Endpoint): void;
  release(): void;
}

const claimed = new Set<string>();

/**
 * Makes `dataDir` this process's own until it is released or the process ends.
 *
 * @throws ConfigurationError when another stack that still runs uses it
 */
export function claimDataDir(dataDir: string): DataDir {
  privateDirectory(dataDir);
  privateDirectory(join(dataDir, 'logs'));
  const running = readEndpoint(dataDir);
  if (claimed.has(dataDir) || (running && running.pid !== process.pid)) {
    const pid = running?.pid ?? process.pid;
    throw new ConfigurationError(
      `The data directory ${dataDir} is in use by process ${pid}: stop it, or choose another`,
    );
  }
  claimed.add(dataDir);
  const write = (endpoint: Endpoint): void => {
    // Others read it at any time.
    const inProgress = `${fileIn(dataDir)}.new`;
    writeFileSync(inProgress, JSON.stringify({ ...endpoint, pid: process.pid }, undefined, 2), { mode: 0o600 });
    renameSync(inProgress, fileIn(dataDir));
  };
  write({ outputs: {} });
  return {
    publish: write,
    release() {
      claimed.delete(dataDir);
      rmSync(fileIn(dataDir), { force: true });
    },
  };
}
