import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';
import { diagnoseDelivery } from '../../../shared/webhook/diagnose.ts';
import { signedBodyDelivery, signedHeaderDelivery } from '../../../shared/webhook/signed-delivery.ts';
import { type Command, required } from '../command.ts';
import { accountOf, connect } from '../connect.ts';

export const webhookSend: Command = {
  name: 'webhook send',
  help: "Signs a test event with the account's key and posts it to the webhook route.",
  options: {
    event: { type: 'string', value: '<type>', help: 'the event type: leaseUpdated' },
    id: { type: 'string', value: '<id>', help: 'the object that it is about' },
    'object-type': {
      type: 'string',
      value: '<n>',
      help: "Rentvine's objectTypeID, if the event type does not tell: 4",
    },
    dialect: {
      type: 'string',
      value: '<dialect>',
      help: 'body or header; default: the first that the account enables',
    },
  },
  async run(values) {
    const eventType = required(values, 'event');
    const objectID = required(values, 'id');
    const platform = connect(values);
    const name = await accountOf(platform, values);
    const { webhook } = await platform.readAccount(name);
    const signingKey = webhook?.signingKeys[0];
    if (webhook === undefined || signingKey === undefined) {
      throw new ConfigurationError(
        `Account ${name} takes no webhooks; put "webhook" with a signing key into its secret.`,
      );
    }
    const dialect = values.dialect ?? webhook.dialects[0];
    if (dialect !== 'body' && dialect !== 'header') throw new ConfigurationError('--dialect must be body or header.');
    const objectTypeID = values['object-type'];
    const object = { objectID, ...(typeof objectTypeID === 'string' && { objectTypeID }) };
    const delivery =
      dialect === 'body'
        ? signedBodyDelivery({
            signingKey,
            recipe: webhook.recipe,
            token: randomUUID(),
            sentAt: new Date(),
            event: { eventType, ...object },
          })
        : signedHeaderDelivery({ signingKey, eventId: randomUUID(), sentAt: new Date(), eventType, data: object });
    const url = await platform.webhookUrl(name);
    const response = await fetch(url, { method: 'POST', headers: delivery.headers, body: delivery.body });
    const answer = await response.text();
    if (values.json === true) console.log(JSON.stringify({ url, status: response.status, answer }));
    else console.log(`${url} answered ${response.status}: ${answer}`);
    return response.ok ? 0 : 1;
  },
};

const capturedSchema = z.looseObject({
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string()).transform((all) => all.join(','))])),
  body: z.string(),
});

export const webhookDiagnose: Command = {
  name: 'webhook diagnose',
  positionals: '<file>',
  help: 'Tries a captured delivery against every way of signing and every key, and says what to put into the secret.',
  options: {
    key: {
      type: 'string',
      value: '<key>',
      help: "the signing key; default: those in the account's secret",
    },
  },
  async run(values, [file]) {
    if (file === undefined) throw new ConfigurationError('Name the file with the captured delivery.');
    const delivery = readDelivery(file);
    const keys = typeof values.key === 'string' ? [values.key] : await configuredKeys(values);
    const { fits, remarks, tried, sentAt } = diagnoseDelivery(delivery, keys);
    if (values.json === true) console.log(JSON.stringify({ fits, remarks, tried, sentAt }));
    else {
      console.log(`Tried ${tried} ways of signing with ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}.`);
      const [fit] = fits;
      if (fit !== undefined) {
        console.log(
          `Key ${fit.keyIndex + 1} verifies it. Put this into the account's secret, with the key under "signingKeys":`,
        );
        console.log(JSON.stringify({ webhook: fit.secret }, undefined, 2));
      }
      for (const remark of remarks) console.log(remark);
    }
    return fits.length > 0 ? 0 : 1;
  },
};

async function configuredKeys(values: Parameters<Command['run']>[0]): Promise<string[]> {
  const platform = connect(values);
  const account = await platform.readAccount(await accountOf(platform, values));
  if (account.webhook === undefined)
    throw new ConfigurationError('The account has no signing key; give one with --key.');
  return account.webhook.signingKeys;
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
