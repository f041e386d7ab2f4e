import * as z from 'zod';

/** What the measuring processes say to each other. */

export const companyOptions = z.object({
  latencyMs: z.number(),
  /** Named counts of the company; the others follow from them. */
  counts: z.record(z.string(), z.number()),
});

export const companySchema = z.object({
  name: z.string(),
  baseUrl: z.string(),
  accessKey: z.string(),
  secret: z.string(),
});
export type Company = z.infer<typeof companySchema>;

/** What was asked of the simulator since it was last told to forget. */
export const askedSchema = z.object({
  lists: z.number(),
  ones: z.number(),
  mostInFlight: z.number(),
  /** Epoch milliseconds, ascending. */
  arrivals: z.array(z.number()),
});
export type Asked = z.infer<typeof askedSchema>;

export const backendOptions = z.object({ assemblyDir: z.string() });
export const secretOptions = z.object({ name: z.string(), content: z.string() });

export const backendSchema = z.object({ endpoint: z.string(), accessKeyId: z.string() });

/** What was asked of the local database since it was last told to forget. */
export const databaseCountsSchema = z.object({
  /** Calls of any kind. */
  calls: z.number(),
  /** Items of the records table that were written. */
  recordWrites: z.number(),
  /** Read and write units, as DynamoDB would bill them. */
  readUnits: z.number(),
  writeUnits: z.number(),
});
export type DatabaseCounts = z.infer<typeof databaseCountsSchema>;

export const passOptions = z.object({
  company: companySchema,
  access: backendSchema,
  recordsTable: z.string(),
  stateTable: z.string(),
  /** Whose records: another name than before starts with none. */
  collection: z.string(),
  pageSize: z.number(),
  /** Rows that an earlier sync has found, which the product remembers; 0 when there was none. */
  expectedRows: z.number(),
  /** Pages one after another, or as the product reads them with so many requests in flight. */
  inFlight: z.number().or(z.literal('oneByOne')),
  requestsPerSecond: z.number(),
  burst: z.number(),
});

export const passSchema = z.object({
  durationMs: z.number(),
  pages: z.number(),
  created: z.number(),
  updated: z.number(),
  /** CPU time of the process that read and stored. */
  cpuMs: z.number(),
});
export type Pass = z.infer<typeof passSchema>;

export const workerOptions = z.object({ module: z.string(), functionName: z.string(), timeoutMs: z.number() });

export const workedSchema = z.object({
  durationMs: z.number(),
  invocations: z.number(),
  maxMs: z.number(),
  /** Most memory that the whole process ever had in use, so far: MB of 1,048,576 bytes. */
  maxMb: z.number(),
});
export type Worked = z.infer<typeof workedSchema>;

export const cpuSchema = z.number();

export const none = z.unknown();
