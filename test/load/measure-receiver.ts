import { functionNamed, readFunctions } from '../bench/assembly.ts';
import { startProcess } from '../bench/processes/remote.ts';
import { accountName, environment, signingKey, webhookSecret } from './account.ts';
import { type Solo, soloSchema, stubSchema } from './processes/protocol.ts';

const warmUp = 500;

/** What the deployed bundle of the receiver costs per request, in a process of its own, beside an AWS that costs nothing. */
export async function measureReceiver(assemblyDir: string, requests: number): Promise<Solo> {
  const stub = startProcess(new URL('processes/stub-aws.ts', import.meta.url).href);
  try {
    const { endpoint } = await stub.call('start', { secret: webhookSecret }, stubSchema);
    const definition = functionNamed(readFunctions(assemblyDir, { endpoint, accessKeyId: 'stub' }), 'webhook-receiver');
    const receiver = startProcess(new URL('processes/receiver.ts', import.meta.url).href, {
      environment: { ...definition.environment, ...environment, PATH: process.env.PATH ?? '' },
      silent: true,
    });
    try {
      const { module, name: functionName } = definition;
      const options = { module, functionName, account: accountName, signingKey, warmUp, requests };
      return await receiver.call('measure', options, soloSchema);
    } finally {
      await receiver.stop();
    }
  } finally {
    await stub.stop();
  }
}
