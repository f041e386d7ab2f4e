import { discardDeadLetter } from '../../../shared/store/dead-letters.ts';
import { closeLetters } from '../close-letters.ts';
import { command } from '../command.ts';
import { selectionOptions } from '../dead-letter-options.ts';
import { operatorOf } from '../operator.ts';
import { option, text } from '../options.ts';

export const dlqDiscard = command({
  name: 'dlq discard',
  positionals: '[<id> …]',
  help: 'Lets dead letters go for good, for a reason: by id, by cause, or all.',
  options: { ...selectionOptions, reason: option('<text>', 'why nobody needs them any more', text) },
  async run(call) {
    const by = { operator: await operatorOf(call.platform()), reason: call.options.reason };
    return closeLetters(call, 'discarded', (id) => {
      const { state, now } = call.platform();
      return discardDeadLetter(state, id, by, now());
    });
  },
});
