import { unknownEvents } from '../../../shared/store/unknown-events.ts';
import { command } from '../command.ts';
import { formatTable } from '../text-table.ts';

export const webhookUnknown = command({
  name: 'webhook unknown',
  help: 'Lists the kinds of webhook events that were kept but not understood, with how often each came and why.',
  options: {},
  async run({ platform, account, print }) {
    const events = await unknownEvents(platform().state, await account());
    print(events, () =>
      events.length === 0
        ? 'Every event that came was understood.'
        : formatTable(
            events.map(({ eventType, count, lastSeenAt, reason }) => ({
              event: eventType,
              times: count,
              last: lastSeenAt,
              why: reason,
            })),
          ),
    );
    return 0;
  },
});
