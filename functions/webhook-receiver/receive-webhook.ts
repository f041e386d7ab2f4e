import { createHash } from 'node:crypto';
import { maxSigningKeys, type WebhookKeys } from '../../shared/account/webhook-secret.ts';
import { logger } from '../../shared/observability/logger.ts';
import { metrics } from '../../shared/observability/metrics.ts';
import type { WebhookRate } from '../../shared/store/webhook-rate.ts';
import type { TokenClaim, WebhookDelivery } from '../../shared/store/webhook-tokens.ts';
import { type Delivery, type SignatureClaim, signatureClaims } from '../../shared/webhook/delivery.ts';
import { readHint, type WebhookHint } from '../../shared/webhook/hint.ts';
import { isSignedBy } from '../../shared/webhook/signature.ts';
import { decodeRequest, type WebhookRequest } from './decode-request.ts';
import type { KeyRing } from './key-ring.ts';
import type { Claims } from './remembered-claims.ts';

export interface ReceiverDependencies {
  readonly keys: KeyRing;
  readonly rate: WebhookRate;
  readonly claims: Claims;
  /** Resolves when the queue has the hint for good. */
  readonly queue: (hint: WebhookHint) => Promise<void>;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** How a request ended. What is wrong with a signature is one answer, so that nobody learns which part of it is right. */
export type WebhookAnswer =
  | { readonly kind: 'queued' | 'duplicate' | 'unauthorized' | 'malformed' | 'tooLarge' | 'unsupported' }
  | { readonly kind: 'limited' | 'unavailable'; readonly retryAfterMs: number };

const toleranceMs = 300_000;
/** How long to wait for another function that is queueing the same delivery right now. */
const pendingWaitsMs = [25, 50, 100, 200, 400];
const retryLaterMs = 5_000;
const retrySoonMs = 1_000;

/** Used for an account that does not exist, and to fill up the keys of one that has fewer. Nobody has them. */
const nobodysKeys: WebhookKeys = {
  dialects: ['body', 'header'],
  signingKeys: Array.from({ length: maxSigningKeys }, () => crypto.randomUUID()),
  recipe: { parts: ['timestamp', 'token'], hash: 'sha256', encoding: 'hex' },
};

/**
 * Verifies a webhook and queues the hint in it, and answers only when the hint is safe. Never throws.
 *
 * @param correlationId goes with the hint to whatever it causes
 */
export async function receiveWebhook(
  request: WebhookRequest,
  correlationId: string,
  dependencies: ReceiverDependencies,
): Promise<WebhookAnswer> {
  try {
    const answer = await receive(request, correlationId, dependencies);
    if (answer.kind === 'unauthorized') metrics.record('WebhookSignatureFailures', 1, {});
    return answer;
  } catch (error) {
    // Nobody knows whether it is signed: unsigned requests may ring nothing that wakes somebody.
    logger.error('Whether a webhook is signed could not be found out; its sender is asked to repeat it.', { error });
    return { kind: 'unavailable', retryAfterMs: retryLaterMs };
  }
}

async function receive(
  request: WebhookRequest,
  correlationId: string,
  dependencies: ReceiverDependencies,
): Promise<WebhookAnswer> {
  const decoded = decodeRequest(request);
  if (decoded.kind !== 'json') return { kind: decoded.kind };
  const account = request.pathParameters?.account ?? '';
  const delivery: Delivery = { headers: request.headers, body: decoded.body, json: decoded.json };
  const claim = await verify(account, delivery, dependencies);
  if (claim === undefined) {
    logger.warn('A webhook was refused: its signature, token or time-stamp is wrong, or its account is unknown.');
    return { kind: 'unauthorized' };
  }
  // Before the signature was verified, the name was only text that anybody could have sent.
  logger.appendKeys({ account });
  const said = readHint(decoded.json);
  if (said === undefined) {
    logger.warn('A webhook with a valid signature has an unknown shape.');
    return { kind: 'malformed' };
  }
  try {
    return await take(account, claim, said, { correlationId, bodyHash: hashOf(decoded.body) }, dependencies);
  } catch (error) {
    metrics.record('SignedWebhooksNotQueued', 1, {});
    logger.error('A signed webhook could not be queued; its sender is asked to repeat it.', { error });
    return { kind: 'unavailable', retryAfterMs: retryLaterMs };
  }
}

/** Queues the hint of a delivery that is signed, once. @throws what kept it from being queued */
async function take(
  account: string,
  claim: VerifiedClaim,
  said: NonNullable<ReturnType<typeof readHint>>,
  { correlationId, bodyHash }: { readonly correlationId: string; readonly bodyHash: string },
  dependencies: ReceiverDependencies,
): Promise<WebhookAnswer> {
  const receivedAt = dependencies.now().toISOString();
  const objection = await objectionTo(account, claim, bodyHash, dependencies);
  if (objection !== undefined) {
    logger.warn(objection);
    return { kind: 'unauthorized' };
  }
  return queueOnce(
    { account, token: `${claim.dialect}:${claim.token}`, bodyHash },
    { ...said, account, correlationId, receivedAt, parked: 0, failures: 0 },
    dependencies,
  );
}

/** A claim that holds. */
interface VerifiedClaim extends SignatureClaim {
  /** The key that made its signature. */
  readonly key: string;
  /** Whether its account enables no other dialect. */
  readonly isOnlyDialect: boolean;
}

/** Returns the claim that holds, if one does. */
async function verify(
  account: string,
  delivery: Delivery,
  { keys, now }: ReceiverDependencies,
): Promise<VerifiedClaim | undefined> {
  // What does not say that it was sent just now needs no key to be refused.
  const claims = signatureClaims(delivery, nobodysKeys).filter(
    ({ sentAtMs }) => sentAtMs !== undefined && Math.abs(now().getTime() - sentAtMs) <= toleranceMs,
  );
  if (claims.length === 0) return undefined;
  const claim = signedClaim(claims, await keys.get(account));
  if (claim !== undefined) return claim;
  const renewed = await keys.renewed(account);
  return renewed && signedClaim(claims, renewed);
}

/**
 * Looks for a claim that one of the keys made. For a delivery that is refused the same signatures are made, whether the account is
 * known, how many keys it has and which dialects it enables, so that a refusal always takes the same time.
 */
function signedClaim(claims: readonly SignatureClaim[], keys: WebhookKeys = nobodysKeys): VerifiedClaim | undefined {
  const fillers = nobodysKeys.signingKeys.slice(keys.signingKeys.length);
  for (const each of claims) {
    // The account says how the body dialect is signed.
    const claim = each.dialect === 'body' ? { ...each, recipe: keys.recipe } : each;
    const { recipe, parts, signature, dialect } = claim;
    const isMadeBy = (key: string): boolean => isSignedBy([key], recipe, parts, signature);
    if (!keys.dialects.includes(dialect)) {
      nobodysKeys.signingKeys.forEach(isMadeBy);
      continue;
    }
    const key = keys.signingKeys.find(isMadeBy);
    if (key !== undefined) return { ...claim, key, isOnlyDialect: keys.dialects.length === 1 };
    fillers.forEach(isMadeBy);
  }
  return undefined;
}

/** When the limiter itself fails, a signed webhook is taken. */
async function takeFromRate(account: string, { rate }: ReceiverDependencies): ReturnType<WebhookRate['take']> {
  try {
    return await rate.take(account);
  } catch (error) {
    logger.error('The rate limit of webhooks could not be asked; the webhook is taken.', { error });
    return { ok: true };
  }
}

/**
 * What a right signature does not rule out, and what tells why such a delivery is refused.
 *
 * - One signature is for one body, in whichever dialect it comes: one over time-stamp and token alone holds for other tokens too, as
 *   digits moved from the end of the time-stamp to the beginning of the token leave the signed text as it was.
 * - One key is for one dialect, the one in which it first signed a delivery, where the account enables both: what was signed
 *   in one dialect could mean something else in the other.
 */
async function objectionTo(
  account: string,
  { dialect, recipe, signature, key, isOnlyDialect }: VerifiedClaim,
  bodyHash: string,
  { claims, now }: ReceiverDependencies,
): Promise<string | undefined> {
  const isFor = (token: string, purpose: string) => claims.isFor({ account, token, bodyHash: purpose }, now());
  if (!isOnlyDialect && !(await isFor(`key:${hashOf(key)}`, dialect))) {
    return 'A webhook was refused: its key has signed in the other dialect lately; give each dialect a key of its own.';
  }
  const bare = Buffer.from(signature, recipe.encoding).toString('base64url');
  return (await isFor(`signature:${bare}`, bodyHash))
    ? undefined
    : 'A webhook was refused: its signature was used before, with another body.';
}

async function queueOnce(
  delivery: WebhookDelivery,
  hint: WebhookHint,
  dependencies: ReceiverDependencies,
): Promise<WebhookAnswer> {
  const claim = await claimUnlessPending(delivery, dependencies);
  if (claim.kind === 'refused') {
    logger.warn('A webhook was refused: its token was used before, with another body.');
    return { kind: 'unauthorized' };
  }
  if (claim.kind === 'queued') return { kind: 'duplicate' };
  if (claim.kind === 'pending') return { kind: 'unavailable', retryAfterMs: retrySoonMs };
  // Only now: whoever repeats a delivery that he has seen uses up nothing of what the account may send.
  const rate = await takeFromRate(delivery.account, dependencies);
  if (!rate.ok) {
    logger.warn('An account sends more webhooks than are taken.', { retryAfterMs: rate.retryAfterMs });
    await claim.release().catch(() => undefined);
    return { kind: 'limited', retryAfterMs: rate.retryAfterMs };
  }
  try {
    await dependencies.queue(hint);
  } catch (error) {
    // If this fails too, the claim expires within seconds, and the repetition is taken then.
    await claim.release().catch(() => undefined);
    throw error;
  }
  // The hint is queued by now. If this fails, a repetition is queued once more, which is allowed (promise 5).
  await claim.queued().catch((error: unknown) => {
    logger.warn('A queued webhook could not be remembered; its repetition would be queued too.', { error });
  });
  metrics.record('WebhookHintsQueued', 1, { account: delivery.account });
  logger.info('A webhook was queued.', { eventType: hint.eventType, correlationId: hint.correlationId });
  return { kind: 'queued' };
}

async function claimUnlessPending(
  delivery: WebhookDelivery,
  { claims, now, sleep }: ReceiverDependencies,
): Promise<TokenClaim> {
  for (const waitMs of pendingWaitsMs) {
    const claim = await claims.claim(delivery, now());
    if (claim.kind !== 'pending') return claim;
    await sleep(waitMs);
  }
  return claims.claim(delivery, now());
}

const hashOf = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('base64url');
