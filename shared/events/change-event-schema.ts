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
    actor: z.string().optional().meta({
      description:
        "Rentvine's id of the user who made the change, where the webhook that told of it said so: a program that writes to Rentvine recognises its own changes by it. Others may have changed the object in the same moment.",
    }),
  })
  .meta({ title: 'Change of a Rentvine record' });
export type ChangeEvent = z.infer<typeof changeEventSchema>;
