import { join } from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { localPlatform } from '../../infra/platform/local-platform.ts';
import { startProcess } from '../bench/processes/remote.ts';
import { adjustAssembly } from '../chaos/adjusted-assembly.ts';
import { accountName, environment, secretsFor, signingKey } from './account.ts';
import { type Cloud, cloudSchema, cpuSchema, type Load, type LoadOptions, loadSchema } from './processes/protocol.ts';

export interface LoadMeasured extends Load {
  /** Answers of 202 whose hint is not in the queue. */
  readonly lost: number;
  /** Distinct hints in the queue. */
  readonly queued: number;
  /** Hints that are in the queue although their sender was not answered 202. */
  readonly unanswered: number;
  /** From the first request to the last answer. */
  readonly tookSeconds: number;
  /** CPU time that the stack and the generator took, as shares of one core. */
  readonly stackCores: number;
  readonly generatorCores: number;
}

const hint = z.object({ correlationId: z.string() });
const batch = 10;
/** Longer than counting takes, so that no message comes twice. */
const invisibleSeconds = 3600;

/**
 * Puts the receiver's path under load: API, receiver, tables and queue. The processor is held back, so that afterwards
 * every hint can be counted in the queue, and because it would compete for this machine's cores, as it does not in AWS.
 */
export async function measureLoad(
  assemblyDir: string,
  workDir: string,
  concurrency: number,
  load: Omit<LoadOptions, 'url' | 'signingKey'>,
): Promise<LoadMeasured> {
  const held = join(workDir, 'processor-held');
  const count = adjustAssembly(assemblyDir, held, (type, { FunctionName }) =>
    type === 'AWS::Lambda::EventSourceMapping' && JSON.stringify(FunctionName).includes('WebhooksProcessor')
      ? { Enabled: false }
      : undefined,
  );
  if (count !== 1) throw new Error(`The stack feeds the webhook processor ${count} times instead of once.`);
  const stack = startProcess(new URL('processes/cloud.ts', import.meta.url).href);
  const generator = startProcess(new URL('processes/generator.ts', import.meta.url).href);
  try {
    const options = { assemblyDir: held, environment, secrets: secretsFor('http://127.0.0.1:9'), concurrency };
    const cloud = await stack.call('start', options, cloudSchema);
    const url = `${cloud.apiUrl}/webhooks/rentvine/${accountName}`;
    const cpu = () => Promise.all([stack.call('cpuMs', null, cpuSchema), generator.call('cpuMs', null, cpuSchema)]);
    // Environments start before the load, as those of a busy receiver have.
    const warmUp = { url, signingKey, requestsPerSecond: 20, connections: 20, rampUpSeconds: 0, seconds: 3 };
    const warmedUp = await generator.call('run', warmUp, loadSchema);

    const startedAt = performance.now();
    const [stackBefore, generatorBefore] = await cpu();
    const measured = await generator.call('run', { ...load, url, signingKey }, loadSchema);
    const [stackAfter, generatorAfter] = await cpu();
    const elapsed = performance.now() - startedAt;

    const queued = await correlationIdsIn(cloud);
    const accepted = [...warmedUp.samples, ...measured.samples].flatMap(({ correlationId }) => correlationId ?? []);
    const known = new Set(accepted);
    return {
      ...measured,
      lost: accepted.filter((id) => !queued.has(id)).length,
      queued: queued.size,
      unanswered: [...queued].filter((id) => !known.has(id)).length,
      tookSeconds: elapsed / 1000,
      stackCores: (stackAfter - stackBefore) / elapsed,
      generatorCores: (generatorAfter - generatorBefore) / elapsed,
    };
  } finally {
    await Promise.all([stack.stop(), generator.stop()]);
  }
}

/** Takes every hint out of the queue, and answers which requests they came with. */
async function correlationIdsIn(cloud: Cloud): Promise<Set<string>> {
  const platform = localPlatform(cloud);
  const QueueUrl = await platform.queueUrl('webhook-events');
  const ids = new Set<string>();
  try {
    for (;;) {
      const { Messages = [] } = await platform.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: batch,
          VisibilityTimeout: invisibleSeconds,
          WaitTimeSeconds: 0,
        }),
      );
      if (Messages.length === 0) return ids;
      for (const { Body = '' } of Messages) ids.add(hint.parse(JSON.parse(Body)).correlationId);
    }
  } finally {
    platform.close();
  }
}
