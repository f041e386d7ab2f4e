import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';
import { diagnoseDelivery } from '../../../shared/webhook/diagnose.ts';
import { type Call, command } from '../command.ts';
import { goneSecret, readSecret, secretFile } from '../read-secret.ts';

const capturedSchema = z.looseObject({
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string()).transform((all) => all.join(','))])),
  body: z.string(),
});

export const webhookDiagnose = command({
  name: 'webhook diagnose',
  positionals: '<file>',
  help: 'Tries a captured delivery against every way of signing and every key, and says what to put into the secret.',
  options: {
    'key-file': secretFile("the signing key; without it those in the account's webhook secret are tried"),
    key: goneSecret('--key-file'),
  },
  async run(call) {
    const { options, positionals, print } = call;
    const delivery = readDelivery(positionals[0] ?? '');
    const file = options['key-file'];
    const keys = file === undefined ? await configuredKeys(call) : [await readSecret(file, 'The signing key')];
    const { fits, remarks, tried, sentAt } = diagnoseDelivery(delivery, keys);
    print({ fits, remarks, tried, sentAt }, () => {
      const [fit] = fits;
      const found = fit && [
        `Key ${fit.keyIndex + 1} verifies it. Put this into the account's webhook secret, with the key under "signingKeys":`,
        JSON.stringify(fit.secret, undefined, 2),
      ];
      const looked = `Tried ${tried} ways of signing with ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}.`;
      return [looked, ...(found ?? []), ...remarks].join('\n');
    });
    return fits.length > 0 ? 0 : 1;
  },
});

async function configuredKeys({ platform, account }: Pick<Call, 'platform' | 'account'>): Promise<string[]> {
  const webhook = await platform().readWebhookKeys(await account());
  if (webhook === undefined) throw new ConfigurationError('The account has no signing key; give one with --key-file.');
  return webhook.signingKeys;
}

/** A file with the bare body, or with `{ "headers": {…}, "body": "…" }`. */
function readDelivery(file: string) {
  let content: Buffer;
  let json: unknown;
  try {
    content = readFileSync(file);
    json = JSON.parse(content.toString());
  } catch {
    throw new ConfigurationError(
      `${file} cannot be read as JSON; save the delivery's body, or {"headers": {…}, "body": "…"}.`,
    );
  }
  const captured = capturedSchema.safeParse(json);
  const body = captured.success ? Buffer.from(captured.data.body) : content;
  const headers = captured.success
    ? Object.fromEntries(Object.entries(captured.data.headers).map(([name, value]) => [name.toLowerCase(), value]))
    : {};
  const object = z.record(z.string(), z.unknown()).safeParse(captured.success ? parse(captured.data.body) : json);
  if (!object.success) throw new ConfigurationError(`${file} holds no JSON object.`);
  return { headers, body, json: object.data };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
