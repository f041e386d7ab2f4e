/** Entry of the process that runs the stack: API, functions and AWS. */
import * as z from 'zod';
import { type LocalStack, startLocalStack } from '../../../infra/local/start.ts';
import { serve } from '../../bench/processes/remote.ts';
import { type Cloud, cloudOptions } from './protocol.ts';

const outputsSchema = z.object({ WebhookEventsQueueUrl: z.string(), RecordsTableName: z.string() });
let stack: LocalStack | undefined;

serve({
  async start(argument): Promise<Cloud> {
    stack = await startLocalStack({ ...cloudOptions.parse(argument), schedules: false, stopGraceMs: 100 });
    const outputs = outputsSchema.parse(Object.assign({}, ...Object.values(stack.outputs)));
    return {
      apiUrl: stack.apiUrl ?? '',
      endpoint: stack.endpoint,
      queueUrl: outputs.WebhookEventsQueueUrl,
      recordsTable: outputs.RecordsTableName,
    };
  },
  idle: () => stack?.idle(),
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
});
