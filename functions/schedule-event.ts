import * as z from 'zod/mini';

/** The input that a schedule gives to a function which measures all accounts at a time: the watcher and the reporter. */
export const scheduleEventSchema = z.object({
  /** ISO 8601: when the schedule was due. What is measured is dated with it, so that a late invocation tells no other time. */
  scheduledAt: z.iso.datetime({ offset: true }),
});
