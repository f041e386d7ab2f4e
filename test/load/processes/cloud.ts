/** Entry of the process that runs the stack: API, functions and AWS. */
import { type LocalStack, startLocalStack } from '../../../infra/local/start.ts';
import { serve } from '../../bench/processes/remote.ts';
import { type Cloud, cloudOptions } from './protocol.ts';

let stack: LocalStack | undefined;

serve({
  async start(argument): Promise<Cloud> {
    stack = await startLocalStack({ ...cloudOptions.parse(argument), schedules: false, stopGraceMs: 100 });
    // Enters the accounts of the secrets into the directory, as it does every minute.
    await stack.fireSchedule('aictive-dev-watcher');
    await stack.idle();
    const { apiUrl = '', endpoint, accessKeyId, outputs } = stack;
    return { apiUrl, endpoint, accessKeyId, outputs };
  },
  idle: () => stack?.idle(),
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
});
