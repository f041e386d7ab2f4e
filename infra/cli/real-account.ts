import { accountPattern } from '../../shared/account/name.ts';
import { parseAccountSecret } from '../../shared/account/secret.ts';
import { parseWebhookSecret } from '../../shared/account/webhook-secret.ts';
import { ConfigurationError } from '../../shared/errors.ts';

/** A real account to mirror, and the text of its secret. */
export interface RealAccount {
  readonly name: string;
  readonly secret: string;
  /** The text of the secret of its webhooks; undefined where it takes none. */
  readonly webhookSecret: string | undefined;
  readonly baseUrl: string;
}

const variables = ['RENTVINE_ACCOUNT', 'RENTVINE_ACCESS_KEY', 'RENTVINE_SECRET'] as const;

/**
 * The account that the environment names; undefined when it names none, and the simulator is to be used.
 *
 * @throws ConfigurationError that says which variable is missing or wrong
 */
export function readRealAccount(environment: NodeJS.ProcessEnv): RealAccount | undefined {
  const present = [...variables, 'RENTVINE_BASE_URL'].filter((name) => environment[name]);
  if (present.length === 0) return undefined;
  const missing = variables.filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new ConfigurationError(`${present.join(' and ')} is set, but not ${missing.join(' and ')}; set all three.`);
  }
  const name = String(environment.RENTVINE_ACCOUNT).toLowerCase();
  if (!accountPattern.test(name)) {
    throw new ConfigurationError(
      'RENTVINE_ACCOUNT must be the first part of your Rentvine address: acme for acme.rentvine.com.',
    );
  }
  const { RENTVINE_BASE_URL: baseUrl, RENTVINE_WEBHOOK_SIGNING_KEY: signingKey } = environment;
  const secret = JSON.stringify({
    auth: { scheme: 'basic', accessKey: environment.RENTVINE_ACCESS_KEY, secret: environment.RENTVINE_SECRET },
    ...(baseUrl && { baseUrl }),
  });
  const webhookSecret = signingKey
    ? JSON.stringify({ dialects: ['body', 'header'], signingKeys: [signingKey] })
    : undefined;
  try {
    if (webhookSecret !== undefined) parseWebhookSecret(name, webhookSecret);
    return { name, secret, webhookSecret, baseUrl: parseAccountSecret(name, secret).baseUrl };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(asVariables(error.message));
  }
}

/** The secret's keys by the names of the variables that they came from. */
const asVariables = (message: string): string =>
  message
    .replace(/^The (?:webhook )?secret of account .* is wrong: /, '')
    .replace('auth.accessKey', 'RENTVINE_ACCESS_KEY')
    .replace('auth.secret', 'RENTVINE_SECRET')
    .replace('baseUrl', 'RENTVINE_BASE_URL')
    .replace('signingKeys.0', 'RENTVINE_WEBHOOK_SIGNING_KEY')
    .replace(/\.?$/, '.');
