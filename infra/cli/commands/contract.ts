import { readFileSync, writeFileSync } from 'node:fs';
import { ConfigurationError } from '../../../shared/errors.ts';
import { createUnreadClient } from '../../../shared/rentvine/client.ts';
import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import { stageSettings } from '../../cdk-context.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import { accountAccess } from '../account-access.ts';
import { command } from '../command.ts';
import { type Finding, findings } from '../contract/facts.ts';
import { type Observation, observationSchema } from '../contract/observation.ts';
import { observe } from '../contract/observe.ts';
import { waysLike } from '../contract/replay.ts';
import { option, text } from '../options.ts';
import { say } from '../say.ts';

const labels = { confirmed: 'ok  ', contradicted: 'NOT ', 'cannot tell': '?   ' } as const;

/** Its questions are many, and syncs ask meanwhile. */
const patienceMs = 60_000;

export const contract = command({
  name: 'contract',
  help: 'Asks a live account, read only, how its Rentvine answers, and holds that against what is known of the API.',
  options: {
    save: option(
      '<file>',
      'write what was found: shapes, names and types, and nothing of what the account holds',
      text.optional(),
    ),
    replay: option('<file>', 'start a simulator that answers as a saved account did', text.optional()),
  },
  async run({ options, platform, account, print }) {
    if (options.replay !== undefined) return replay(options.replay);
    const name = await account();
    const { sync } = stageSettings(platform().stage);
    const rentvine = await platform().readAccount(name);
    const ask = createUnreadClient(accountAccess(rentvine, platform(), sync, patienceMs));
    const observation = await observe(rentvine, resources, ask, (resource) =>
      process.stderr.write(`Asking about ${resource} …\n`),
    );
    if (options.save !== undefined) writeFileSync(options.save, `${JSON.stringify(observation, undefined, 2)}\n`);
    const all = findings(observation);
    print(all, () => describe(all));
    return wrong(all).length === 0 ? 0 : 1;
  },
});

const wrong = (all: readonly Finding[]): Finding[] =>
  all.filter(({ verdict, reliedOn }) => verdict === 'contradicted' && reliedOn);

function describe(all: readonly Finding[]): string {
  const about = new Set(all.map(({ resource }) => resource));
  const blocks = [...about].map((resource) => {
    const lines = all
      .filter((each) => each.resource === resource)
      .map(({ fact, verdict, found, reliedOn }) => {
        const weight = verdict === 'contradicted' && reliedOn ? '  ← the platform relies on this' : '';
        return `  ${labels[verdict]}  ${fact}: ${found}${weight}`;
      });
    return [resource ?? 'the server', ...lines].join('\n');
  });
  const count = (verdict: Finding['verdict']) => all.filter((each) => each.verdict === verdict).length;
  const summary =
    `${count('confirmed')} confirmed, ${count('contradicted')} contradicted (${wrong(all).length} of them relied on), ` +
    `${count('cannot tell')} that cannot be told.`;
  return [...blocks, summary].join('\n\n');
}

async function replay(file: string): Promise<number> {
  const simulator = await startSimulator({ accounts: [{ name: 'replayed', ...waysLike(readObservation(file)) }] });
  const { accessKey, secret } = simulator.authentication().credentials;
  say(`A simulator that answers like it is at ${simulator.baseUrl()} (access key ${accessKey}, secret ${secret}).`);
  say('Ctrl-C stops it.');
  await new Promise((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
  });
  await simulator.stop();
  return 0;
}

/** @throws ConfigurationError when there is no such file, or another program wrote it */
function readObservation(file: string): Observation {
  try {
    return observationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new ConfigurationError(`${file} is no file that contract --save wrote; name one with --replay <file>.`);
  }
}
