import { help, parseCommand } from './command.ts';
import { controlHelp } from './control.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import { sendWebhooks } from './webhooks/webhooks.ts';

function describe(simulator: Simulator): string {
  const accounts = simulator.accounts.map((name) => {
    const { accessKey, secret, apiKey, apiSecret, tenantId } = simulator.authentication(name).credentials;
    return [
      `  ${name}: ${simulator.baseUrl(name)}`,
      `    access key ${accessKey}, secret ${secret}`,
      `    or a token for api_key ${apiKey}, api_secret ${apiSecret}, tenant_id ${tenantId}`,
    ].join('\n');
  });
  return [
    `The simulator is listening at ${simulator.url} (the first account also at ${simulator.url}/api/manager).`,
    ...accounts,
    'Control it with:',
    ...controlHelp.map((line) => `  ${line}`),
    'Ctrl-C stops it.',
  ].join('\n');
}

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  if (command === 'help') {
    process.stdout.write(`${help}\n`);
    return;
  }
  const simulator = await startSimulator(command.options);
  simulator.setClockOffset(command.clockOffsetMs);
  process.stdout.write(`${describe(simulator)}\n`);
  const ticking =
    command.tickMs === 0
      ? undefined
      : setInterval(() => {
          for (const account of simulator.accounts) simulator.world(account).tick();
        }, command.tickMs);
  const webhooks = command.webhooks && sendWebhooks(simulator.world(), command.webhooks);
  const stop = () => {
    clearInterval(ticking);
    void Promise.all([webhooks?.stop(), simulator.stop()]);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** What went wrong, in one sentence. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'The port is in use already; choose another with --port.';
  if (code === 'EACCES') return 'This user may not listen on that port; choose another with --port.';
  return error.message.split('\n')[0] ?? error.message;
}

main().catch((error: unknown) => {
  process.stderr.write(`${reason(error)} Try --help.\n`);
  process.exitCode = 2;
});
