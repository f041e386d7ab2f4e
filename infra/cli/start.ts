import { ConfigurationError } from '../../shared/errors.ts';
import { choosePort } from './port.ts';
import { tellIfUnreachable } from './reachable.ts';
import { withTypedKey } from './read-secret.ts';
import { readRealAccount } from './real-account.ts';
import { runMain } from './run-main.ts';
import { printable, say } from './say.ts';
import { readStartOptions, startHelp } from './start-options.ts';

const tell = (line: string): void => {
  process.stderr.write(`${printable(line)}\n`);
};

await runMain(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    say(startHelp);
    return 0;
  }
  const options = await readStartOptions(args);
  const real = readRealAccount(await withTypedKey(process.env));
  if (real !== undefined && options.fault !== undefined) {
    throw new ConfigurationError('--fault is for the simulated account; a real one is left alone.');
  }
  const port = await choosePort(options.port);
  const account = real === undefined ? 'a simulated Rentvine account' : `the Rentvine account ${real.name}`;
  tell(`Starting the platform on this machine, at port ${port}, to mirror ${account} …`);
  if (real !== undefined) await tellIfUnreachable(real.baseUrl, tell);
  // What follows loads the whole of CDK, a database and more: not before a person knows what is going on.
  const { mirror } = await import('./mirror.ts');
  return mirror({ ...options, port }, real, tell);
});
