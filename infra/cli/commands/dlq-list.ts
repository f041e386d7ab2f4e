import { type DeadLetterStatus, listDeadLetters } from '../../../shared/store/dead-letters.ts';
import { command } from '../command.ts';
import { filterOptions } from '../dead-letter-options.ts';
import { flag } from '../options.ts';
import { formatTable } from '../text-table.ts';

const everyStatus: readonly DeadLetterStatus[] = ['open', 'redriving', 'redriven', 'discarded'];

export const dlqList = command({
  name: 'dlq list',
  help: 'Lists dead letters that are open, the latest first.',
  options: { ...filterOptions, closed: flag('those too that were redriven or discarded') },
  async run({ options, platform, account, print }) {
    const { account: ofAccount, code, source, resource, closed } = options;
    const statuses = closed ? everyStatus : undefined;
    const letters = await listDeadLetters(platform().state, { account: ofAccount, code, source, resource, statuses });
    // A mistyped account has none either. One whose secret is gone may have some.
    if (letters.length === 0 && ofAccount !== undefined) await account();
    print(letters, () =>
      letters.length === 0
        ? 'There are no dead letters.'
        : formatTable(
            letters.map(({ id, status, source, account, resource, code, lastFailedAt, message }) => ({
              id,
              status,
              source,
              account,
              resource,
              cause: code,
              lastFailedAt,
              message: message.slice(0, 100),
            })),
          ),
    );
    return 0;
  },
});
