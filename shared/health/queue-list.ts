import * as z from 'zod/mini';

const name = z.string().check(z.minLength(1));

/** The queues that the status function looks at. */
export const queueListSchema = z.array(
  z.object({
    name,
    url: z.url(),
    /** For a dead-letter queue: what its messages were for, as operators call it. */
    deadLettersOf: z.optional(name),
  }),
);
export type QueueList = z.output<typeof queueListSchema>;
