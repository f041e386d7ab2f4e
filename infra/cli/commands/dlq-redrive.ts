import { userInfo } from 'node:os';
import { closeLetters } from '../close-letters.ts';
import { command } from '../command.ts';
import { selectionOptions } from '../dead-letter-options.ts';

export const dlqRedrive = command({
  name: 'dlq redrive',
  positionals: '[<id> …]',
  help: 'Puts dead letters back where they came from: by id, by cause, or all.',
  options: selectionOptions,
  run: (call) => closeLetters(call, 'redriven', (id) => call.platform().redrive(id, userInfo().username)),
});
