import { ContractError, NotFoundError, UnavailableError } from '../errors.ts';
import type { OneAnswer, RentvineClient } from '../rentvine/client.ts';
import type { Resource } from '../rentvine/resource.ts';
import type { ResourceData } from '../rentvine/resource-data.ts';
import type { Table } from '../store/dynamo-table.ts';
import { type Collection, readRecord } from '../store/records.ts';

/** What a single read says about whether an object exists. `unreadable`: it is there, and its answer makes no sense. */
export type Existence =
  | { readonly kind: 'there'; readonly answer: OneAnswer }
  | { readonly kind: 'gone'; readonly requestedAt: Date; readonly answeredAt: Date }
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
  readonly collection: Collection;
  readonly now: () => Date;
  /** Ids that the list has right now; none where the list is empty. */
  readonly controlIds: () => Promise<readonly string[]>;
}

/** How many of the list's objects are asked for to see whether single reads work at all. */
export const maxControls = 3;

/** Keep it for as long as the account's settings stay the same: it remembers that something was found. */
export function singleReads(options: SingleReadsOptions): SingleReads {
  const { client, resource, records, collection, now, controlIds } = options;
  let proven = false;

  const find = async (id: string, fields: ResourceData): Promise<Existence> => {
    const requestedAt = now();
    try {
      const answer = await client.readOne(resource, id, fields);
      proven = true;
      return { kind: 'there', answer };
    } catch (error) {
      if (error instanceof ContractError) return { kind: 'unreadable', error };
      if (!(error instanceof NotFoundError)) throw error;
      if (error.asHtml) throw new UnavailableError(`The front end of Rentvine answered for one of ${resource.name}.`);
      return { kind: 'gone', requestedAt, answeredAt: now() };
    }
  };

  const askControls = async () => {
    const ids = await controlIds();
    for (const id of ids) {
      const record = await readRecord(records, collection, id);
      if ((await find(id, record?.data ?? {})).kind === 'there') return;
    }
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
