/**
 * Entry of the process that plays AWS for a function under measurement: the template's tables, queues and secrets, and no
 * other function that would compete with the measured one for the machine's cores.
 */
import { systemClock } from '../../../infra/local/clock/clock.ts';
import { readAssembly } from '../../../infra/local/cloudformation/assembly.ts';
import { buildModel } from '../../../infra/local/cloudformation/stack-model.ts';
import { startDynamoDb } from '../../../infra/local/dynamodb/dynamodb.ts';
import { startGateway } from '../../../infra/local/gateway.ts';
import { localIdentity, newAccessKeyId } from '../../../infra/local/identity.ts';
import { startSecrets } from '../../../infra/local/secrets/secrets.ts';
import { startSqs } from '../../../infra/local/sqs/sqs.ts';
import { countingDatabase } from '../database-counts.ts';
import { backendOptions, secretOptions } from './protocol.ts';
import { serve } from './remote.ts';

const world = { ...localIdentity, clock: systemClock, intercept: undefined, path: () => undefined };
const dynamodb = startDynamoDb(world);
const counting = countingDatabase(dynamodb);
const secrets = startSecrets(world);

serve({
  async start(argument) {
    const { assemblyDir } = backendOptions.parse(argument);
    const accessKeyId = newAccessKeyId();
    const gateway = await startGateway(accessKeyId);
    const endpoint = gateway.url;
    const sqs = startSqs({ ...world, endpoint });
    const { resources } = buildModel(readAssembly(assemblyDir), { ...localIdentity, endpoint, apiUrl: endpoint });
    for (const service of [dynamodb, sqs]) await service.provision(resources);
    gateway.serve({ dynamodb: counting, secretsmanager: secrets, sqs });
    return { endpoint, accessKeyId };
  },
  putSecret(argument) {
    const { name, content } = secretOptions.parse(argument);
    secrets.put(name, content);
  },
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  counts: () => counting.counts(),
  forget: () => counting.forget(),
});
