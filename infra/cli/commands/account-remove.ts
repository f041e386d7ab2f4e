import { ConfigurationError } from '../../../shared/errors.ts';
import { ask, isAttended } from '../ask.ts';
import { command } from '../command.ts';
import { operatorOf } from '../operator.ts';
import { flag, option, text } from '../options.ts';
import { purgeAccount } from '../purge-account.ts';
import { say } from '../say.ts';

export const accountRemove = command({
  name: 'account remove',
  positionals: '<name>',
  help: 'Removes an account that left, with everything that is stored of it; its audit entries stay.',
  options: {
    purge: flag('delete everything that is stored; there is no other way to remove an account'),
    confirm: option('<name>', 'the name once more, where nobody can be asked to type it', text.optional()),
  },
  async run({ positionals: [account = ''], options: { purge, confirm }, platform, print }) {
    if (!purge) {
      throw new ConfigurationError(
        `Add --purge: records, state and secrets of ${account} are deleted. To only stop reading it: npm run ops -- account pause ${account}.`,
      );
    }
    if (confirm === undefined && !isAttended()) {
      throw new ConfigurationError(
        `Everything that is stored of ${account} will be deleted. Add --confirm ${account} to do it.`,
      );
    }
    const typed =
      confirm ?? (await ask(`Everything that is stored of ${account} will be deleted. Type its name to go on: `));
    if (typed !== account) {
      say('That is not its name; nothing was deleted.');
      return 1;
    }
    const report = await purgeAccount(platform(), account, await operatorOf(platform()));
    print({ account, ...report }, () => {
      const { records, items, secrets } = report;
      const kept = secrets.length > 0 ? ` Secrets Manager keeps ${secrets.join(' and ')} for 30 days more.` : '';
      return `Deleted ${records} records and ${items} other items of ${account}.${kept} Backups and logs keep theirs until they expire.`;
    });
    return 0;
  },
});
