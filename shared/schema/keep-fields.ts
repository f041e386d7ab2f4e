import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ConflictError } from '../errors.ts';
import { schemaEventKey } from '../events/schema-event.ts';
import type { SchemaEvent } from '../events/schema-event-schema.ts';
import { logger } from '../observability/logger.ts';
import { type Collection, partition } from '../store/collection.ts';
import { anyOf, isCarriedOut } from '../store/conditions.ts';
import { type Item, type Key, readItem, type Table } from '../store/dynamo-table.ts';
import { syncPartition } from '../store/sync-state.ts';
import { afterRead, type FieldsRead } from './after-read.ts';
import { emptyCatalogue, type FieldCatalogue, type FieldChange, fieldCatalogueSchema } from './field-catalogue.ts';

export interface CatalogueTables {
  readonly state: Table;
  readonly records: Table;
}

/** The kept catalogue of one account's resource. Keep it for as long as is convenient: what is not new costs it nothing. */
export interface CatalogueKeeper {
  /**
   * Takes note of what answers were seen to have. What changed is told, at least once: it is kept in one write with the
   * catalogue, put where the records' stream publishes it, and only then forgotten.
   *
   * @throws ConflictError when the catalogue kept changing meanwhile
   */
  note(read: FieldsRead, correlationId: string): Promise<readonly FieldChange[]>;
}

const maxAttempts = 5;
const keyOf = (collection: Collection): Key => ({ pk: syncPartition(collection), sk: 'schema' });

/** A catalogue as it is stored. */
interface Stored {
  readonly catalogue: FieldCatalogue;
  /** Counts writes; 0 where there was none yet. */
  readonly version: number;
  /** What has changed and may not be where it is published from. */
  readonly untold?: SchemaEvent;
}

export function catalogueKeeper(tables: CatalogueTables, collection: Collection): CatalogueKeeper {
  let known: FieldCatalogue | undefined;
  return {
    async note(read, correlationId) {
      if (known !== undefined && !afterRead(known, read).hasNews) return [];
      for (let attempt = 0; attempt < maxAttempts; attempt++) {
        const stored = await load(tables.state, collection);
        if (stored.untold !== undefined) await tell(tables, collection, stored.untold, stored.version);
        const { catalogue, changes, hasNews } = afterRead(stored.catalogue, read);
        known = stored.catalogue;
        if (!hasNews) return [];
        const untold =
          changes.length === 0 ? undefined : eventOf(collection, catalogue, changes, read.at, correlationId);
        const version = stored.version + 1;
        if (!(await save(tables.state, collection, { catalogue, version, ...(untold && { untold }) }))) continue;
        known = catalogue;
        if (untold === undefined) return [];
        const what = changes.map(({ change, field }) => `${change} ${field}`);
        logger.warn('The fields that Rentvine answers have changed.', { ...collection, correlationId, changes: what });
        await tell(tables, collection, untold, version);
        return changes;
      }
      throw new ConflictError(`The fields of ${collection.resource} kept changing while they were being kept.`);
    },
  };
}

/** The kept catalogue, strongly consistent; undefined where nothing was read yet. */
export async function readCatalogue(state: Table, collection: Collection): Promise<FieldCatalogue | undefined> {
  const { catalogue, version } = await load(state, collection);
  return version === 0 ? undefined : catalogue;
}

async function load(state: Table, collection: Collection): Promise<Stored> {
  const item = await readItem(state, keyOf(collection));
  if (item === undefined) return { catalogue: emptyCatalogue, version: 0 };
  const { content, version, untold } = item;
  return { catalogue: fieldCatalogueSchema.parse(JSON.parse(content)), version, ...(untold && { untold }) };
}

/** Returns whether it is written: not when somebody else has written meanwhile. */
function save(state: Table, collection: Collection, { catalogue, ...rest }: Stored): Promise<boolean> {
  // As one text: maps of as many entries are three times as large.
  const item: Item = { ...keyOf(collection), ...rest, content: JSON.stringify(catalogue) };
  const isAsRead =
    rest.version === 1
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#version = :before',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':before': rest.version - 1 },
        };
  return isCarriedOut(state.client.send(new PutCommand({ TableName: state.name, Item: item, ...isAsRead })));
}

const eventOf = (
  collection: Collection,
  { revision }: FieldCatalogue,
  changes: readonly FieldChange[],
  changedAt: string,
  correlationId: string,
): SchemaEvent => ({
  ...collection,
  id: `${partition(collection)}#${revision}`,
  revision,
  changedAt,
  changes: [...changes],
  correlationId,
});

/** Puts an event where it is published from, unless it or a later one is there, and then forgets it. */
async function tell(
  { state, records }: CatalogueTables,
  collection: Collection,
  event: SchemaEvent,
  version: number,
): Promise<void> {
  await isCarriedOut(
    records.client.send(
      new PutCommand({
        TableName: records.name,
        Item: { ...schemaEventKey(collection), ...event },
        ConditionExpression: anyOf('attribute_not_exists(pk)', 'revision < :revision'),
        ExpressionAttributeValues: { ':revision': event.revision },
      }),
    ),
  );
  await isCarriedOut(
    state.client.send(
      new UpdateCommand({
        TableName: state.name,
        Key: keyOf(collection),
        UpdateExpression: 'REMOVE untold',
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': version },
      }),
    ),
  );
}
