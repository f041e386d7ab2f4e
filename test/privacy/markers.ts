import { fakeCredentials } from '../../infra/simulator/authentication.ts';
import { privateMarker } from '../../infra/simulator/generator/personal.ts';
import { hearsayMarker } from '../../infra/simulator/webhooks/events.ts';

/** Beginnings of every signing key that the tests' accounts have. */
const signingKeys = ['test-signing-key-', 'fake-signing-key-'];

/** Credentials that tests give their accounts on top of the simulator's own begin with this. */
const plantedSecret = 'MARKER-';

const credentials = Object.values(fakeCredentials('')).filter((value) => !value.startsWith('fake-tenant-'));
const secrets = [...credentials, ...signingKeys, plantedSecret];

/** Base64 writes three bytes as four characters, so whole threes of a beginning look the same whatever follows. */
const inBase64 = (beginning: string): string =>
  Buffer.from(beginning.slice(0, beginning.length - (beginning.length % 3))).toString('base64');

/** What every token of the simulator begins with. */
const tokenHeader = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

/** What may be in nothing that a function prints, stores, queues or tells: secrets, personal fields, a webhook's say-so. */
export const forbiddenEverywhere: readonly string[] = [
  privateMarker,
  hearsayMarker,
  ...secrets,
  ...secrets.map(inBase64),
  tokenHeader,
];

/** What records may hold, and no log line: a log never shows a payload. The generator's mail addresses stand for it. */
export const forbiddenInLogs: readonly string[] = [...forbiddenEverywhere, '@example.com', '@example.org'];
