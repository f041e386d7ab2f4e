import { expect, test } from 'vitest';
import { help, parseCommand } from './command.ts';
import { waysSchema } from './ways.ts';
import { eventWaysSchema } from './webhooks/event-ways.ts';

function parsed(...args: string[]) {
  const command = parseCommand(args);
  if (command === 'help') throw new Error('Help was not asked for.');
  return command;
}

test('every way of the server and of its webhooks is an option, and in the help', () => {
  const ways = [...Object.keys(waysSchema.shape), ...Object.keys(eventWaysSchema.shape)];
  for (const way of ways)
    expect(help).toContain(`--${way.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} `);
});

test('ways are given alone and together, for all resources or for some', () => {
  const { options } = parsed(
    '--gone',
    'leases=text404',
    '--gone',
    'units=null',
    '--list-end',
    'lastPage',
    '--sees=1,5',
  );
  expect(options).toMatchObject({ gone: { leases: 'text404', units: 'null' }, listEnd: 'lastPage', sees: [1, 5] });
  const others = parsed('--page-headers', 'tooSmall', '--page-cap', '20', '--forbidden', 'bills,owners', '--sees', '4');
  expect(others.options).toMatchObject({
    pageHeaders: 'tooSmall',
    pageCap: 20,
    forbidden: ['bills', 'owners'],
    sees: [4],
    gone: 'json404',
  });
});

test('webhooks go where they are wanted, and look as they are wanted', () => {
  const { webhooks } = parsed('--webhook-url', 'http://localhost:3000/x', '--event-names', 'nested', '--user-id', '7');
  expect(webhooks).toMatchObject({
    url: 'http://localhost:3000/x',
    signingKey: 'fake-signing-key-acme',
    eventNames: 'nested',
    userId: '7',
    changes: 'object',
  });
  expect(parsed().webhooks).toBeUndefined();
});

test.each([
  [['--gone', 'loudly'], /^--gone must be json404, text404, .*, not "loudly"\.$/],
  [['--gone', 'houses=null'], /^--gone must be/],
  [['--page-cap', 'many'], '--page-cap must be a number, not "many".'],
  [['--zone', 'Mars/Olympus'], /^--zone must be UTC/],
  [['--event-names', 'loud'], /^--event-names must be namespaced, nested/],
  [['--personal', 'none'], '--personal must be known or planted, not "none".'],
])('%o is refused with one sentence', (args, message) => {
  expect(() => parseCommand(['--webhook-url', 'http://localhost', ...args])).toThrow(message);
});
