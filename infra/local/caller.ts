import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';
import type { ServiceName } from './intercept.ts';

/** The host part of a Host header that leads to this machine alone. */
const ownHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** A web page reaches the loopback interface under a name of its own that resolves to it (DNS rebinding): the Host tells. */
export const isOwnHost = (host: string | undefined): boolean => ownHost.test(host ?? '');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether somebody who has to know `secret` knows it; takes as long for every wrong one. */
export const knows = (given: string, secret: string): boolean => timingSafeEqual(digest(given), digest(secret));

/** Services whose older protocol had another name for it. */
const namedAsInQueries: ReadonlySet<ServiceName> = new Set(['sqs', 'cloudwatch']);
const credential = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\//;

/**
 * The loopback interface is shared by all users of the machine, and the secrets are an account's real ones: who asks has to
 * know the access-key id that the stack keeps in its own directory.
 *
 * @throws AwsError as AWS answers who has no key, or a wrong one
 */
export function checkCaller({ headers }: IncomingMessage, accessKeyId: string, service: ServiceName): void {
  if (headers.authorization === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  if (knows(credential.exec(headers.authorization)?.[1] ?? '', accessKeyId)) return;
  throw new AwsError(
    namedAsInQueries.has(service) ? 'InvalidClientTokenId' : 'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    403,
  );
}
