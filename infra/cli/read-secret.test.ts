import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { webhookRecipeSchema } from '../../shared/webhook/recipe.ts';
import { signedBodyDelivery } from '../../shared/webhook/signed-delivery.ts';
import { commands } from './commands.ts';
import { withTypedKey } from './read-secret.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'read-secret-'));
const signingKey = 'fake-signing-key-typed';

/** A delivery in a file, as somebody captured it. */
function captured(): string {
  const { body, headers } = signedBodyDelivery({
    signingKey,
    recipe: webhookRecipeSchema.parse({}),
    token: 'a-captured-token',
    sentAt: new Date(),
    event: { eventType: 'leaseUpdated', objectID: '5', objectTypeID: '4' },
  });
  const file = join(directory, 'delivery.json');
  writeFileSync(file, JSON.stringify({ headers, body }));
  return file;
}

async function diagnose(args: readonly string[], input: string) {
  const child = spawn(process.execPath, ['infra/cli/ops.ts', 'webhook', 'diagnose', captured(), ...args], {
    cwd: project,
  });
  child.stdin.end(input);
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { said, complained, code };
}

it('a signing key comes from standard input or a file', async () => {
  const piped = await diagnose(['--key-file', '-'], `${signingKey}\n`);
  expect(piped.said).toContain('Key 1 verifies it');
  expect(piped.code).toBe(0);
  const file = join(directory, 'key');
  writeFileSync(file, `${signingKey}\n`);
  expect((await diagnose(['--key-file', file], '')).code).toBe(0);
});

it('a signing key on the command line is refused with what to do, and not repeated', async () => {
  const { complained, code } = await diagnose(['--key', signingKey], '');
  expect(code).toBe(2);
  expect(complained).toMatch(/--key is gone, .*use --key-file <file>, or --key-file - to type it unseen/);
  expect(complained).not.toContain(signingKey);
});

it.each([
  [['--key-file', '-'], 'Standard input is empty.'],
  [['--key-file', join(directory, 'nothing')], 'nothing cannot be read.'],
])('%s without a key: one sentence', async (args, sentence) => {
  const { complained, code } = await diagnose(args, '');
  expect(complained).toContain(sentence);
  expect(code).toBe(2);
});

it('no command has an option whose help shows that it takes a secret itself', () => {
  for (const { name, options } of commands)
    for (const [option, { value, help }] of Object.entries(options))
      if (/key|secret|token|password/i.test(option) && help !== '')
        expect([name, option, value]).toEqual([name, option, '<file>']);
});

it('npm start asks at a terminal for what is missing of the key, and elsewhere for nothing', async () => {
  const asked: string[] = [];
  const ask = async (what: string) => {
    asked.push(what);
    return 'typed';
  };
  const environment = { RENTVINE_ACCOUNT: 'acme', RENTVINE_ACCESS_KEY: 'given' };
  expect(await withTypedKey(environment, { isTerminal: false, ask })).toEqual(environment);
  expect(await withTypedKey({}, { isTerminal: true, ask })).toEqual({});
  expect(asked).toEqual([]);
  expect(await withTypedKey(environment, { isTerminal: true, ask })).toEqual({
    ...environment,
    RENTVINE_SECRET: 'typed',
  });
  expect(asked).toEqual(['Secret of the Rentvine API']);
});
