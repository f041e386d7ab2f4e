/**
 * Entry of the process that plays AWS for a function under measurement: the template's tables, queues and secrets, and no
 * other function that would compete with the measured one for the machine's cores.
 */
import { readAssembly } from '../../../infra/local/cloudformation/assembly.ts';
import { buildModel } from '../../../infra/local/cloudformation/stack-model.ts';
import { startDynamoDb } from '../../../infra/local/dynamodb/dynamodb.ts';
import { startGateway } from '../../../infra/local/gateway.ts';
import { provisionStorage } from '../../../infra/local/provision.ts';
import { startSecrets } from '../../../infra/local/secrets/secrets.ts';
import { startQueues } from '../../../infra/local/sqs/queues.ts';
import { localIdentity } from '../assembly.ts';
import { countingDatabase } from '../database-counts.ts';
import { backendOptions, secretOptions } from './protocol.ts';
import { serve } from './remote.ts';

const { accountId, region } = localIdentity;
const dynamodb = await startDynamoDb({ path: undefined, accountId, region });
const counting = countingDatabase(dynamodb);
const secrets = startSecrets({ path: undefined, region, accountId });

serve({
  async start(argument) {
    const { assemblyDir } = backendOptions.parse(argument);
    const gateway = await startGateway({ accountId });
    const endpoint = `http://127.0.0.1:${gateway.port}`;
    const queues = startQueues({ dataDir: undefined, urlBase: `${endpoint}/${accountId}`, region });
    const naming = { region, accountId, endpoint, apiUrl: () => endpoint };
    const { resources } = buildModel(readAssembly(assemblyDir), naming);
    await provisionStorage(resources, { dynamodb, queues, secrets, region });
    const absent = () => {
      throw new Error('Only tables, queues and secrets are here.');
    };
    gateway.serve({
      dynamodb: (operation, body) => counting.execute(operation, body),
      secretsmanager: (operation, body) => secrets.execute(operation, body),
      sqs: (headers, body) => queues.sqs(headers, body),
      sns: absent,
      events: absent,
      invoke: absent,
    });
    return { endpoint };
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
