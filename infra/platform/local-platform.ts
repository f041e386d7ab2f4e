import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigurationError } from '../../shared/errors.ts';
import { readEndpoint } from '../local/data-dir.ts';
import { localClientConfig } from '../local/identity.ts';
import type { LocalStack } from '../local/local-stack.ts';
import { coreStackOf, stageAmong } from './names.ts';
import { Platform } from './platform.ts';

/**
 * The platform in a local stack, which may run in another process: how to reach it, and its outputs by stack, are enough.
 */
export function localPlatform(
  stack: Pick<LocalStack, 'endpoint' | 'accessKeyId' | 'outputs'> & Partial<Pick<LocalStack, 'now'>>,
): Platform {
  const { outputs, now } = stack;
  const stage = stageAmong(Object.keys(outputs));
  const core = outputs[coreStackOf(stage)] ?? {};
  const { RecordsTableName: records, StateTableName: state } = core;
  return new Platform({
    stage,
    clientConfig: localClientConfig(stack),
    outputs: core,
    ...(records !== undefined && state !== undefined && { tableNames: { records, state } }),
    ...(now !== undefined && { now }),
  });
}

/**
 * The platform that `npm start` runs on this machine, by that process's own clock.
 *
 * @param data where each account's local state is a directory of its own
 * @throws ConfigurationError when none runs, or several do
 */
export function runningPlatform(data: string): Platform {
  const parent = resolve(data);
  const directories = existsSync(parent) ? readdirSync(parent, { withFileTypes: true }) : [];
  const running = directories
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(parent, entry.name))
    .flatMap((directory) => {
      const file = readEndpoint(directory);
      if (file?.endpoint === undefined || file.accessKeyId === undefined) return [];
      const { endpoint, accessKeyId, outputs } = file;
      return [{ directory, endpoint, accessKeyId, outputs }];
    });
  const [first, second] = running;
  if (first === undefined) {
    throw new ConfigurationError(
      `No stack runs on this machine with its state in ${parent}; start one with npm start, or name a deployed one with --stage.`,
    );
  }
  if (second !== undefined) {
    throw new ConfigurationError(`Several stacks run with their state in ${parent}; stop all but one.`);
  }
  const { directory, ...stack } = first;
  return localPlatform({ ...stack, now: () => new Date(Date.now() + (readEndpoint(directory)?.aheadMs ?? 0)) });
}
