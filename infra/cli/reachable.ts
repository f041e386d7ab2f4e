import { connect } from 'node:net';

const patienceMs = 5_000;

/**
 * Says so when nobody listens where Rentvine should be. It is only told: the platform goes on trying, as it would at any other
 * time. Nothing is sent.
 */
export async function tellIfUnreachable(baseUrl: string, tell: (line: string) => void): Promise<void> {
  const { hostname, port, protocol } = new URL(baseUrl);
  const problem = await new Promise<string | undefined>((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'http:' ? 80 : 443),
      timeout: patienceMs,
    });
    const end = (result?: string) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end(`no answer within ${patienceMs / 1000} s`));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
  if (problem !== undefined) {
    tell(`Rentvine cannot be reached at ${baseUrl} (${problem}). Going on trying until it can; Ctrl-C stops.`);
  }
}
