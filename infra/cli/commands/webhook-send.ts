import { ConfigurationError } from '../../../shared/errors.ts';
import { command } from '../command.ts';
import { oneOf, option, text } from '../options.ts';
import { testDelivery } from '../test-delivery.ts';

export const webhookSend = command({
  name: 'webhook send',
  help: "Signs a test event with the account's key and posts it to the webhook route.",
  options: {
    event: option('<type>', 'the event type: leaseUpdated', text),
    id: option('<id>', 'the object that it is about', text),
    'object-type': option('<n>', "Rentvine's objectTypeID, if the event type does not tell: 4", text.optional()),
    dialect: option(
      '<dialect>',
      'body or header; without it the first that the account enables',
      oneOf(['body', 'header']).optional(),
    ),
  },
  async run({ options, platform, account, print }) {
    const { event: eventType, id: objectID, 'object-type': objectTypeID } = options;
    const name = await account();
    const webhook = await platform().readWebhookKeys(name);
    const signingKey = webhook?.signingKeys[0];
    if (webhook === undefined || signingKey === undefined) {
      throw new ConfigurationError(
        `Account ${name} takes no webhooks; make the secret ${platform().webhookSecretPrefix}${name} with a signing key.`,
      );
    }
    const event = { eventType, objectID, objectTypeID };
    const delivery = testDelivery(webhook, signingKey, event, platform().now(), options.dialect);
    const url = await platform().webhookUrl(name);
    const response = await fetch(url, { method: 'POST', headers: delivery.headers, body: delivery.body }).catch(() => {
      throw new ConfigurationError(`${url} cannot be reached; check the network, and whether the stack still runs.`);
    });
    const { status } = response;
    const answer = await response.text();
    print({ url, status, answer }, () => `${url} answered ${status}: ${answer}`);
    return response.ok ? 0 : 1;
  },
});
