import { createServer } from 'node:net';
import { ConfigurationError } from '../../shared/errors.ts';

const usualPort = 3000;
const maxTries = 100;

/**
 * The port to serve on: the one that is wanted, or the first free one from 3000.
 *
 * @throws ConfigurationError when the one that is wanted is taken
 */
export async function choosePort(wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new ConfigurationError(`Port ${wanted} is taken; choose another with --port.`);
  }
  for (let port = usualPort; port < usualPort + maxTries; port++) if (await isFree(port)) return port;
  throw new ConfigurationError(`The ports from ${usualPort} on are all taken; choose one with --port.`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
