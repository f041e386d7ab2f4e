import * as z from 'zod';
import { fieldTypes } from '../rentvine/field-catalogue.ts';
import { readKinds } from '../rentvine/row-readers.ts';

const types = z.array(z.enum(fieldTypes));

const fieldChange = z.object({
  field: z
    .string()
    .meta({ description: 'Canonical names from the object on, lists passed through: `tenants.isPrimary`.' }),
  change: z.enum(['new', 'vanished', 'retyped']).meta({
    description:
      '`new`: it came for the first time, or again. `vanished`: a proven full read has it in no row. `retyped`: it came with a JSON type that it never had.',
  }),
  read: z.enum(readKinds).meta({ description: 'Whether rows of lists or single reads show it.' }),
  types: types.meta({ description: 'All JSON types that it has had; null is none.' }),
  previousTypes: types.optional().meta({ description: 'Those that were known before, where it was retyped.' }),
});

/** The detail of a `rentvine.schema.changed` event. It names fields, and holds nothing of what is in them. */
export const schemaEventSchema = z
  .object({
    account: z.string(),
    resource: z.string(),
    id: z.string().meta({ description: 'The same whenever the same event comes: account, resource and revision.' }),
    revision: z.number().meta({ description: "Counts up by one with every such event of the account's resource." }),
    changedAt: z.string().meta({ description: 'When the change was found and kept, ISO 8601 UTC.' }),
    changes: z.array(fieldChange),
    correlationId: z.string().meta({ description: 'Of the sync run or webhook that found it.' }),
  })
  .meta({ title: 'Change of the fields that Rentvine answers' });
export type SchemaEvent = z.infer<typeof schemaEventSchema>;
