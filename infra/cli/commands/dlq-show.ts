import { showDeadLetter } from '../../../shared/store/dead-letters.ts';
import { command } from '../command.ts';
import { say } from '../say.ts';

export const dlqShow = command({
  name: 'dlq show',
  positionals: '<id>',
  help: 'Prints one dead letter with the message itself, as JSON.',
  options: {},
  async run({ positionals: [id = ''], platform, print }) {
    const letter = await showDeadLetter(platform().state, id);
    if (letter === undefined) {
      say(`There is no dead letter ${id}.`);
      return 1;
    }
    print(letter, () => JSON.stringify(letter, undefined, 2));
    return 0;
  },
});
