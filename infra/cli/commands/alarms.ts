import { readAlarms } from '../alarm-states.ts';
import { command } from '../command.ts';
import { flag } from '../options.ts';
import { formatTable } from '../text-table.ts';

export const alarmsCommand = command({
  name: 'alarms',
  help: 'Lists the alarms: which ring, since when, and the article about each.',
  options: { ringing: flag('only those that ring now') },
  async run({ options, platform, print }) {
    const all = await readAlarms(platform());
    const ringing = all.filter(({ state }) => state === 'ALARM');
    const shown = options.ringing ? ringing : all;
    const none = all.length === 0 ? 'There are no alarms.' : 'No alarm rings.';
    print(shown, () => (shown.length === 0 ? none : formatTable(shown.map(({ topics: _, ...alarm }) => alarm))));
    return ringing.length === 0 ? 0 : 1;
  },
});
