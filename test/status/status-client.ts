import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { LocalStack } from '../../infra/local/start.ts';
import type { Platform } from '../../infra/platform/platform.ts';

export interface StatusAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export const statusToken = 'the-status-token-of-these-tests';
export const withToken = { authorization: `Bearer ${statusToken}` };

/** Asks the stack's HTTP API. */
export async function ask(stack: LocalStack, path: string, init: RequestInit = {}): Promise<StatusAnswer> {
  const response = await fetch(`${stack.apiUrl}${path}`, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Makes the secret that the stack's operators would make. */
export async function makeStatusToken({ secrets, stage }: Platform): Promise<void> {
  await secrets.send(new CreateSecretCommand({ Name: `aictive/${stage}/status-token`, SecretString: statusToken }));
}
