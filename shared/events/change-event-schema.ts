import * as z from 'zod';

const change = z.object({
  field: z.string().meta({ description: 'Top-level field of the data, in its canonical spelling.' }),
  previous: z.unknown().optional(),
  current: z.unknown().optional(),
});

/** The detail of a change event. Its detail type is `rentvine.<resource>.<created|updated|deleted>`. */
export const changeEventSchema = z
  .object({
    account: z.string(),
    resource: z.string(),
    id: z.string(),
    change: z.enum(['created', 'updated', 'deleted']),
    revision: z.number().meta({ description: 'Counts up by one with every change of the record.' }),
    changedAt: z.string().meta({ description: 'When the change was stored, ISO 8601 UTC.' }),
    changes: z.array(change),
    record: z.record(z.string(), z.unknown()).optional().meta({ description: 'The data after the change.' }),
    omitted: z
      .array(z.enum(['record', 'changes']))
      .optional()
      .meta({
        description:
          'What was left out because the event would be too large; read it from the records table. Without `changes`, the names of the changed fields are still there.',
      }),
    correlationId: z.string(),
  })
  .meta({ title: 'Change of a Rentvine record' });
export type ChangeEvent = z.infer<typeof changeEventSchema>;
