import { changeAccountState } from '../change-account-state.ts';
import { command } from '../command.ts';

export const accountResume = command({
  name: 'account resume',
  positionals: '<name>',
  help: 'Reads a paused account again; its schedules catch up with what changed meanwhile.',
  options: {},
  run: (call) => changeAccountState(call, 'active'),
});
