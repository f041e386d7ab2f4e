import { approveHold, readHold } from '../../../shared/store/deletion-hold.ts';
import { command } from '../command.ts';
import { operatorOf } from '../operator.ts';
import { flag, option, resourceName } from '../options.ts';
import { say } from '../say.ts';

export const syncApprove = command({
  name: 'sync approve',
  help: 'Approves a held deletion: the next full run marks the records deleted that Rentvine says are gone.',
  options: {
    resource: option('<name>', 'the resource: leases', resourceName),
    yes: flag('do it; without it, only shows what is held'),
  },
  async run({ options: { resource, yes }, platform, account }) {
    const { state, now } = platform();
    const collection = { account: await account(), resource };
    const hold = await readHold(state, collection);
    if (hold === undefined) {
      say(`No deletion of ${resource} is held.`);
      return 1;
    }
    say(
      `${hold.missing} of ${hold.known} ${resource} are no longer in Rentvine's list (held since ${hold.heldAt}; ${hold.limit} would be let through). ${hold.reason ?? ''}`,
    );
    if (!yes) {
      say('Add --yes to approve: the next full run asks Rentvine about each, and marks deleted what is gone.');
      return 1;
    }
    await approveHold(state, collection, await operatorOf(platform()), now());
    say(`Approved. Start the run with: npm run ops -- sync run --full --resource ${resource}`);
    return 0;
  },
});
