import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../shared/errors.ts';
import { command, runCommand } from './command.ts';
import { commands } from './commands.ts';
import { flag, oneOf, option, wholeNumber } from './options.ts';

let printed: string[];
let received: unknown;

const bake = command({
  name: 'cake bake',
  positionals: '<flavour>',
  help: 'Bakes.',
  options: {
    layers: option('<n>', 'how many', wholeNumber(1, 9).default(2)),
    glaze: option('<kind>', 'what is on top', oneOf(['sugar', 'chocolate']).optional()),
    quickly: flag('does not wait'),
  },
  async run({ options: { layers, glaze, quickly }, positionals }) {
    received = { layers, glaze, quickly, positionals };
    return 0;
  },
});
const run = (line: string) => runCommand([bake], line.split(' ').filter(Boolean));

beforeEach(() => {
  printed = [];
  received = undefined;
  vi.spyOn(console, 'log').mockImplementation((text: unknown) => void printed.push(String(text)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

it('an option that is declared once is read, checked, filled in and explained', async () => {
  expect(await run('cake bake nut --layers 3 --quickly')).toBe(0);
  expect(received).toEqual({ layers: 3, glaze: undefined, quickly: true, positionals: ['nut'] });
  await run('cake bake nut');
  expect(received).toMatchObject({ layers: 2, quickly: false });
  expect(await run('cake bake --help')).toBe(0);
  expect(printed.join()).toMatch(/npm run ops -- cake bake <flavour> \[options\]/);
  expect(printed.join()).toMatch(/--layers <n> +how many; default 2$/m);
  expect(printed.join()).toMatch(/--account <name>/);
});

it.each([
  ['cake bake nut --layers ten', '--layers must be a whole number from 1 to 9'],
  ['cake bake nut --glaze tar', '--glaze must be one of sugar, chocolate'],
  ['cake bake nut --glaze', '--glaze'],
  ['cake bake nut --sugar', "Unknown option '--sugar'; usage: npm run ops -- cake bake"],
  ['cake bake', 'The <flavour> is missing'],
  ['cake bake nut plum', '"plum" is too much'],
  ['cake eat', 'There is no command "cake eat"; there are cake bake.'],
  ['cake', 'there are cake bake'],
  ['nonsense --help', 'There is no command "nonsense"; see npm run ops -- --help.'],
])('%s: one sentence says what is wrong', async (line, sentence) => {
  const failed = run(line);
  await expect(failed).rejects.toThrow(ConfigurationError);
  await expect(failed).rejects.toThrow(sentence);
  expect(received).toBeUndefined();
});

it.each(['', '--help', 'help', 'cake --help'])('"%s" lists the commands', async (line) => {
  expect(await run(line)).toBe(0);
  expect(printed.join()).toContain('cake bake <flavour>  Bakes.');
});

it('a resource that there is not: those that there are', async () => {
  for (const name of ['records list', 'sync run', 'sync status', 'quarantine list', 'sync approve']) {
    await expect(runCommand(commands, [...name.split(' '), '--resource', 'lease'])).rejects.toThrow(
      /--resource must be one of .*leases, tenants/,
    );
  }
});
