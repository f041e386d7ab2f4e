/** An id for metric math, which wants a lower-case first letter and no hyphens: `syncWorker`. */
export const idOf = (name: string): string => name.replace(/-(\w)/g, (_hyphen, letter: string) => letter.toUpperCase());

/** The ids of metrics, for a list of metric math. */
export const listOf = (metrics: Readonly<Record<string, unknown>>): string => Object.keys(metrics).join(', ');

/** The sum of those metrics that have a value, where any has. */
export const sumOf = (metrics: Readonly<Record<string, unknown>>): string => `SUM([${listOf(metrics)}])`;
