import { changeAccountState } from '../change-account-state.ts';
import { command } from '../command.ts';

export const accountPause = command({
  name: 'account pause',
  positionals: '<name>',
  help: 'Stops reading and storing an account: no jobs, no webhooks, until it is resumed. What is stored stays.',
  options: {},
  run: (call) => changeAccountState(call, 'paused'),
});
