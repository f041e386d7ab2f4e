/** Entry of the process that sends the load. */
import { serve } from '../../bench/processes/remote.ts';
import { generateLoad } from '../generate-load.ts';
import { loadOptions } from './protocol.ts';

serve({
  run: (argument) => generateLoad(loadOptions.parse(argument)),
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
});
