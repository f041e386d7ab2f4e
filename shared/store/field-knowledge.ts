import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CarriedFields, type Data, type FieldPointers, type ReadKind } from './carried-fields.ts';
import type { Collection } from './collection.ts';
import { type Item, type Key, readItem, type Table } from './dynamo-table.ts';
import type { CarriedByKind } from './record-version.ts';
import { syncPartition } from './sync-state.ts';

/** What lists and single reads of one account's resource have been seen to carry. */
export interface FieldKnowledge {
  /** As far as it has been looked up and learnt. */
  readonly carried: CarriedByKind;
  /**
   * Takes note of what answers of one kind hold. What is new is kept when this returns, so that
   * whoever sees a record also finds what its fields came with. To be called with all rows of a page before the first of
   * them is stored: what one row has, another can be without.
   */
  learn(kind: ReadKind, answers: readonly Data[]): Promise<void>;
  /** Looks up what others have learnt until now. */
  refresh(): Promise<void>;
}

/** What others have learnt is looked up again after this. */
const freshForMs = 60_000;

const keyOf = (collection: Collection): Key => ({ pk: syncPartition(collection), sk: 'fields' });

/** Reads what is known at the first use, and writes only what is new. Keep it for as long as it is convenient. */
export function fieldKnowledge(state: Table, collection: Collection, now: () => Date): FieldKnowledge {
  const fields = { list: new CarriedFields(), single: new CarriedFields() };
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;
  let unsaved: Learnt[] = [];
  let saving = Promise.resolve();

  const refresh = async () => {
    const item = (await readItem(state, keyOf(collection))) ?? {};
    for (const kind of ['list', 'single'] as const) fields[kind].add(pointersIn(item, kind));
    refreshedAt = now().getTime();
  };
  const refreshOnce = () => {
    refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
  const save = async () => {
    const batch = unsaved;
    unsaved = [];
    try {
      for (const learnt of batch) await keep(state, collection, learnt);
    } catch (error) {
      unsaved = [...batch, ...unsaved];
      throw error;
    }
  };

  return {
    carried: { list: fields.list.root, single: fields.single.root },
    refresh,
    async learn(kind, answers) {
      if (now().getTime() - refreshedAt >= freshForMs) await refreshOnce();
      const found = answers.map((answer) => fields[kind].learn(answer));
      const [withValue, empty] = [found.flatMap((each) => each.carried), found.flatMap((each) => each.empty)];
      if (withValue.length + empty.length > 0) unsaved.push({ kind, carried: withValue, empty });
      // Also what another page has just learnt must be kept before this one relies on it.
      saving = saving.catch(() => {}).then(save);
      await saving;
    },
  };
}

interface Learnt extends FieldPointers {
  readonly kind: ReadKind;
}

const pointersIn = (item: Item, kind: ReadKind): FieldPointers => ({
  carried: [...(item[kind] ?? [])],
  empty: [...(item[`${kind}Empty`] ?? [])],
});

/** Adding to a set loses nothing of what others add to it at the same time. */
async function keep(state: Table, collection: Collection, { kind, carried, empty }: Learnt): Promise<void> {
  const sets = { [kind]: carried, [`${kind}Empty`]: empty };
  const added = Object.entries(sets).filter(([, pointers]) => pointers.length > 0);
  await state.client.send(
    new UpdateCommand({
      TableName: state.name,
      Key: keyOf(collection),
      UpdateExpression: `ADD ${added.map(([name]) => `#${name} :${name}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(added.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(added.map(([name, pointers]) => [`:${name}`, new Set(pointers)])),
    }),
  );
}
