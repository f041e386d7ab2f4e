import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { readAlarms } from '../alarm-states.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { formatTable } from '../table.ts';

export const alarmsCommand: Command = {
  name: 'alarms',
  help: 'Lists the alarms: which ring, since when, and the article about each.',
  options: { ringing: { type: 'boolean', help: 'only those that ring now' } },
  async run(values) {
    const { clientConfig, prefix } = connect(values);
    const all = await readAlarms(new CloudWatchClient(clientConfig), prefix);
    const ringing = all.filter(({ state }) => state === 'ALARM');
    const shown = values.ringing === true ? ringing : all;
    if (values.json === true) console.log(JSON.stringify(shown));
    else if (shown.length === 0) console.log(all.length === 0 ? 'There are no alarms.' : 'No alarm rings.');
    else {
      console.log(
        formatTable(
          [
            { title: 'alarm', value: ({ name }) => name },
            { title: 'state', value: ({ state }) => state },
            { title: 'since', value: ({ since }) => since ?? '' },
            { title: 'severity', value: ({ severity }) => severity },
            { title: 'runbook', value: ({ runbook }) => runbook },
          ],
          shown,
        ),
      );
    }
    return ringing.length === 0 ? 0 : 1;
  },
};
