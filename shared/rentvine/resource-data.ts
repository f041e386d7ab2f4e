/** A record's typed content: canonical keys (`leaseId`), ids as strings, money as integer cents, dates as ISO strings. */
export type ResourceData = Record<string, unknown>;
