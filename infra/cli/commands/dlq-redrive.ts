import { closeLetters } from '../close-letters.ts';
import { command } from '../command.ts';
import { selectionOptions } from '../dead-letter-options.ts';
import { operatorOf } from '../operator.ts';

export const dlqRedrive = command({
  name: 'dlq redrive',
  positionals: '[<id> …]',
  help: 'Puts dead letters back where they came from: by id, by cause, or all.',
  options: selectionOptions,
  async run(call) {
    const operator = await operatorOf(call.platform());
    return closeLetters(call, 'redriven', (id) => call.platform().redrive(id, operator));
  },
});
