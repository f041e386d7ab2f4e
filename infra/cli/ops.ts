import { runCommand } from './command.ts';
import { commands } from './commands.ts';
import { runMain } from './run-main.ts';

await runMain(() => runCommand(commands, process.argv.slice(2)));
