import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const question = z.object({ id: z.number(), procedure: z.string(), argument: z.unknown() });
const answer = z.object({ id: z.number(), value: z.unknown().optional(), error: z.string().optional() });

/** What a process can be asked to do. Arguments and answers are JSON; each end parses what it gets. */
export type Procedures = Readonly<Record<string, (argument: unknown) => unknown>>;

/** Answers the parent process's questions until it ends or disconnects. For a process that {@link startProcess} started. */
export function serve(procedures: Procedures): void {
  const tell = (message: z.input<typeof answer>) => process.send?.(message);
  process.on('message', async (message) => {
    const { id, procedure, argument } = question.parse(message);
    try {
      tell({ id, value: await procedures[procedure]?.(argument) });
    } catch (error) {
      tell({ id, value: null, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
}

export interface RemoteProcess {
  /** @throws Error when the procedure fails, the process ends first, or the answer is not as `schema` says */
  call<Schema extends z.ZodType>(procedure: string, argument: unknown, schema: Schema): Promise<z.output<Schema>>;
  stop(): Promise<void>;
}

export interface ProcessOptions {
  /** Node's own options. */
  readonly execArgv?: readonly string[];
  /** The whole environment; this process's own by default. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether what it prints is dropped. */
  readonly silent?: boolean;
}

/** Starts a module of this directory as a process of its own, so that what is measured shares no event loop and no heap. */
export function startProcess(
  module: string,
  { execArgv = [], environment, silent = false }: ProcessOptions = {},
): RemoteProcess {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), {
    execArgv: [...execArgv],
    ...(environment !== undefined && { env: { ...environment } }),
    stdio: ['ignore', silent ? 'ignore' : 'inherit', 'inherit', 'ipc'],
  });
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      for (const { reject } of pending.values()) reject(new Error(`${module} ended early (${signal ?? code}).`));
      resolve();
    });
  });
  child.on('message', (message) => {
    const { id, value, error } = answer.parse(message);
    const waiting = pending.get(id);
    pending.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(`${module} failed: ${error}`));
  });
  return {
    async call(procedure, argument, schema) {
      asked += 1;
      const waiting = Promise.withResolvers<unknown>();
      pending.set(asked, waiting);
      child.send({ id: asked, procedure, argument } satisfies z.input<typeof question>);
      return schema.parse(await waiting.promise);
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
