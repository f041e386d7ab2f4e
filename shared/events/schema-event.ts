import { type Collection, collectionOf, keyOf } from '../store/collection.ts';
import type { Item, Key } from '../store/dynamo-table.ts';
import type { SchemaEvent } from './schema-event-schema.ts';

export const schemaEventType = 'rentvine.schema.changed';

/** Stands where a record has its resource: no resource of Rentvine's is called so. */
export const schemas = 'schema';

/** Where the records table has the last event of a resource's fields; its stream is what publishes it. */
export const schemaEventKey = ({ account, resource }: Collection): Key =>
  keyOf({ account, resource: schemas }, resource);

export const isSchemaEventKey = (pk: string): boolean => collectionOf(pk).resource === schemas;

/** The event that an item of the records table holds. */
export const schemaEventOf = (item: Item): SchemaEvent => ({
  account: item.account,
  resource: item.resource,
  id: item.id,
  revision: item.revision,
  changedAt: item.changedAt,
  changes: item.changes,
  correlationId: item.correlationId,
});
