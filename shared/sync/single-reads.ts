import { AuthenticationError, ContractError, NotFoundError, PlatformError, UnavailableError } from '../errors.ts';
import { logger } from '../observability/logger.ts';
import { type AnswerKind, isDoubtful, isPlainlyGone } from '../rentvine/answer-kind.ts';
import type { OneAnswer, RentvineClient } from '../rentvine/client.ts';
import { impossibleIds } from '../rentvine/impossible-ids.ts';
import type { Resource } from '../rentvine/resource.ts';
import type { ResourceData } from '../rentvine/resource-data.ts';
import type { Collection } from '../store/collection.ts';
import type { Table } from '../store/dynamo-table.ts';
import { readRecord } from '../store/records.ts';
import { readSyncState, updateSyncState } from '../store/sync-state.ts';

/**
 * What a single read says about whether an object exists. `forbidden`: the key may not see it, though it sees others.
 * `unreadable`: it is there, and its answer makes no sense.
 */
export type Existence =
  | { readonly kind: 'there'; readonly answer: OneAnswer }
  | { readonly kind: 'gone'; readonly requestedAt: Date; readonly answeredAt: Date }
  | { readonly kind: 'forbidden'; readonly error: AuthenticationError }
  | { readonly kind: 'unreadable'; readonly error: ContractError };

/** The single reads of one account's resource, and what is known of them. */
export interface SingleReads {
  /**
   * Asks for one object.
   *
   * @param fields what is known of the object, for paths that name its parent
   * @throws UnavailableError when a front end answered for Rentvine, and whatever else the client threw
   */
  find(id: string, fields: ResourceData): Promise<Existence>;
  /**
   * Makes sure that "gone" can be believed: a wrong path answers "not found" to everything, so something that the list
   * has must have been found. To be called before anything is concluded from an object that was not found.
   *
   * @throws ContractError when single reads find nothing of what the list has
   */
  assertProven(): Promise<void>;
  /** The same by asking anew, whatever was found before: that objects are answered at this moment. */
  askControls(): Promise<void>;
}

export interface SingleReadsOptions {
  readonly client: RentvineClient;
  readonly resource: Resource;
  readonly records: Table;
  readonly state: Table;
  readonly collection: Collection;
  readonly now: () => Date;
  /** Ids that the list has right now; none where the list is empty. */
  readonly controlIds: () => Promise<readonly string[]>;
}

/** How many of the list's objects are asked for to see whether single reads work at all. */
export const maxControls = 3;
/** How often two impossible ids are asked for until they are answered alike. */
const maxLearningRounds = 3;
const learntForMs = 7 * 86_400_000;
/** How often more a doubtful answer has to be heard, each time right after an object that is answered. */
const doubtfulRepeats = 3;

/**
 * Keep it for as long as the account's settings stay the same: it remembers that something was found.
 *
 * "There is no such object" sounds different from server to server: a 404 in JSON, but also a 400, a line of text, a 500
 * with no body. How an account's server says it is learnt by asking for ids that cannot exist, and kept for a week. An answer
 * of that very kind means gone, if objects that the list has are answered otherwise.
 */
export function singleReads(options: SingleReadsOptions): SingleReads {
  const { client, resource, records, state, collection, now, controlIds } = options;
  let proven = false;
  let learnt: Promise<AnswerKind | undefined> | undefined;

  const find = async (id: string, fields: ResourceData): Promise<Existence> => {
    const requestedAt = now();
    try {
      const reply = await client.tryOne(resource, id, fields).catch(unlessRetryable);
      if (reply?.kind === 'there') {
        proven = true;
        return reply;
      }
      if (reply && (await meansGone(reply.answerKind, id, fields))) {
        return { kind: 'gone', requestedAt, answeredAt: now() };
      }
      // In earnest: with retries, and failures that count.
      const answer = await client.readOne(resource, id, fields);
      proven = true;
      return { kind: 'there', answer };
    } catch (error) {
      if (error instanceof ContractError) return { kind: 'unreadable', error };
      if (error instanceof AuthenticationError && error.status === 403 && (await firstControl()) !== undefined) {
        return { kind: 'forbidden', error };
      }
      if (!(error instanceof NotFoundError)) throw error;
      if (!error.asHtml) return { kind: 'gone', requestedAt, answeredAt: now() };
      throw new UnavailableError(`The front end of Rentvine answered for one of ${resource.name}.`);
    }
  };

  const meansGone = async (kind: AnswerKind, id: string, fields: ResourceData): Promise<boolean> => {
    if (isPlainlyGone(kind)) return true;
    // These reads live for as long as their function's environment: a failure to learn must not outlast its cause.
    learnt ??= howGoneSounds().catch((error: unknown) => {
      learnt = undefined;
      throw error;
    });
    if ((await learnt) !== kind) return false;
    for (let repeat = 0; isDoubtful(kind) && repeat < doubtfulRepeats; repeat++) {
      if ((await firstControl()) === undefined || (await learnt) !== kind) return false;
      const again = await client.tryOne(resource, id, fields);
      if (again.kind === 'there' || again.answerKind !== kind) return false;
    }
    return true;
  };

  const howGoneSounds = async (): Promise<AnswerKind | undefined> => {
    const { goneKind, goneLearntAt } = await readSyncState(state, collection);
    const isRecent = goneLearntAt !== undefined && now().getTime() - Date.parse(goneLearntAt) < learntForMs;
    if (goneKind !== undefined && isRecent) return goneKind;
    const kind = await learn();
    if (kind !== undefined) {
      await updateSyncState(state, collection, { goneKind: kind, goneLearntAt: now().toISOString() });
      logger.info('How Rentvine says that an object is gone was learnt.', { ...collection, answer: kind });
    }
    return kind;
  };

  const learn = async (): Promise<AnswerKind | undefined> => {
    const ids = (await controlIds()).slice(0, maxControls);
    const [control] = ids;
    if (control === undefined || !ids.every((id) => /^\d{1,12}$/.test(id))) return undefined;
    const kinds = new Set<AnswerKind>();
    let answered = 0;
    for (const id of ids) {
      const reply = await client.tryOne(resource, id, await fieldsOf(id));
      if (reply.kind === 'there') answered += 1;
      else kinds.add(reply.answerKind);
    }
    if (answered === 0) return undefined;
    const impossible = impossibleIds(ids);
    const fields = await fieldsOf(control);
    for (let round = 0; round < maxLearningRounds; round++) {
      const [first, second] = [await kindFor(impossible[0], fields), await kindFor(impossible[1], fields)];
      // What an object that is there is answered with, too, says nothing about being gone.
      if (first !== undefined && first === second) return kinds.has(first) ? undefined : first;
    }
    return undefined;
  };

  const kindFor = async (id: string, fields: ResourceData): Promise<AnswerKind | undefined> => {
    const reply = await client.tryOne(resource, id, fields);
    return reply.kind === 'there' ? undefined : reply.answerKind;
  };

  const fieldsOf = async (id: string): Promise<ResourceData> => (await readRecord(records, collection, id))?.data ?? {};

  /** The first object of the list that is answered at this moment. */
  const firstControl = async (): Promise<string | undefined> => {
    for (const id of await controlIds()) {
      const reply = await client.tryOne(resource, id, await fieldsOf(id));
      if (reply.kind === 'there') return id;
      if (learnt !== undefined && reply.answerKind === (await learnt)) await forget();
    }
    return undefined;
  };

  /** An object that the list has is answered as if it were gone: what was learnt is not so, or no longer. */
  const forget = async () => {
    learnt = Promise.resolve(undefined);
    await updateSyncState(state, collection, { goneKind: null, goneLearntAt: null });
  };

  const askControls = async () => {
    const ids = await controlIds();
    for (const id of ids) if ((await find(id, await fieldsOf(id))).kind === 'there') return;
    if (ids.length === 0) return;
    throw new ContractError(
      `Single reads of ${resource.name} do not find even what the list has; correct "paths.${resource.name}.one" in the account's secret.`,
    );
  };

  return {
    find,
    askControls,
    assertProven: async () => {
      if (!proven) await askControls();
    },
  };
}

/** A question that got no answer, or one too many, tells nothing about its object: the ordinary read repeats it. */
function unlessRetryable(error: unknown): undefined {
  if (!(error instanceof PlatformError && error.retryable)) throw error;
}
