import * as z from 'zod/mini';

/** How each resource is read: what the schedules of the stack are made of, for those who judge how fresh it is. */
export const resourceSchedulesSchema = z.array(
  z.object({
    resource: z.string().check(z.minLength(1)),
    /** Between two incremental reads. */
    intervalMinutes: z.number().check(z.positive()),
    /** False where both schedules of the resource are off. */
    isScheduled: z.boolean(),
  }),
);
export type ResourceSchedule = z.output<typeof resourceSchedulesSchema>[number];
