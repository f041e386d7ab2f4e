import * as z from 'zod/mini';

/** What a schedule says to the functions that look at everything. */
export const tickSchema = z.object({
  /** ISO 8601: when the tick was due, which is the time that the look is about. */
  scheduledAt: z.iso.datetime({ offset: true }),
});
