/*
 * From where on a person is told. The alarms ring, the dashboards draw their lines, and `/health`, the doctor and the console
 * judge by these values.
 */

/** Intervals of its schedule that a resource may be behind. */
export const maxLagIntervals = 3;
/** How long a message may wait in its queue: longer than one that a crash took is invisible, six minutes. */
export const maxQueueAgeSeconds = 600;
/** How long a dead letter may wait for an operator. */
export const maxDeadLetterAgeSeconds = 3600;
/** Older than this, what the watcher wrote every minute says nothing any more: monitoring is blind. */
export const maxSummaryAgeSeconds = 300;
