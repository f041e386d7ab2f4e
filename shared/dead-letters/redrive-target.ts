import * as z from 'zod/mini';

const name = z.string().check(z.minLength(1));

/** Where a dead letter came from, and so where a redrive puts it. */
export const redriveTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queue'), queueUrl: z.url() }),
  /** Asynchronous invocations of a function that failed, and ticks that never reached it. */
  z.object({ kind: z.literal('function'), functionName: name }),
  z.object({ kind: z.literal('eventBus'), busName: name }),
]);
export type RedriveTarget = z.output<typeof redriveTargetSchema>;
