/** Entry of the process that plays Rentvine. */
import * as z from 'zod';
import { type Simulator, startSimulator } from '../../../infra/simulator/simulator.ts';
import { type Asked, type Company, companyOptions } from './protocol.ts';
import { serve } from './remote.ts';

const account = 'acme';
let simulator: Simulator | undefined;

function running(): Simulator {
  if (simulator === undefined) throw new Error('The simulator has not been started.');
  return simulator;
}

serve({
  async start(argument): Promise<Company> {
    const { latencyMs, counts } = companyOptions.parse(argument);
    simulator = await startSimulator({ latencyMs, counts, accounts: [account] });
    // Objects are made when they are first asked for; that is not part of answering.
    for (const id of simulator.world().ids('leases')) simulator.world().balances(id);
    const { accessKey, secret } = simulator.authentication().credentials;
    return { name: account, baseUrl: simulator.baseUrl(), accessKey, secret };
  },
  asked(): Asked {
    const { requests } = running();
    return {
      lists: requests.count({ kind: 'list' }),
      ones: requests.count({ kind: 'one' }),
      mostInFlight: requests.maxInFlight(account),
      arrivals: requests.timestamps(account),
    };
  },
  forget: () => running().requests.reset(),
  changeLeases(argument) {
    const world = running().world();
    const ids = world.ids('leases');
    const count = z.number().parse(argument);
    for (let index = 0; index < count; index++) {
      const id = ids[Math.floor((index * ids.length) / count)];
      if (id !== undefined) world.update('leases', id, { code: `changed-${index}` });
    }
  },
});
