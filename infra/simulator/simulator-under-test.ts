import { afterAll, beforeAll } from 'vitest';
import { type Simulator, startSimulator } from './simulator.ts';
import { clientOf } from './test-client.ts';
import { waysSchema } from './ways.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const usual = waysSchema.parse({});

/** Two companies on a server for the tests of one file, and a way to have the first one's behave otherwise for a while. */
export function simulatorUnderTest() {
  let simulator: Simulator;
  let client: ReturnType<typeof clientOf>;
  beforeAll(async () => {
    const accounts = ['acme', 'zenith'];
    simulator = await startSimulator({ counts: { leases: 60, workOrders: 40 }, clock: () => noon, accounts });
    client = clientOf(simulator);
  });
  afterAll(() => simulator.stop());
  return {
    get simulator() {
      return simulator;
    },
    get client() {
      return client;
    },
    /** Runs something while the account's server behaves in a way, and puts it right again. */
    async behaving<T>(ways: Parameters<Simulator['behave']>[0], run: () => Promise<T>): Promise<T> {
      simulator.behave(ways, 'acme');
      try {
        return await run();
      } finally {
        simulator.behave(usual, 'acme');
      }
    },
  };
}
