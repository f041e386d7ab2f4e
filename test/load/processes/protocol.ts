import * as z from 'zod';

/** What the processes of the load test say to each other. */

export const cloudOptions = z.object({
  assemblyDir: z.string(),
  environment: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.string()),
  /** Most environments of one function. */
  concurrency: z.number(),
});
export const cloudSchema = z.object({
  apiUrl: z.string(),
  endpoint: z.string(),
  accessKeyId: z.string(),
  /** Of its stacks, by name. */
  outputs: z.record(z.string(), z.record(z.string(), z.string())),
});
export type Cloud = z.infer<typeof cloudSchema>;

export const loadOptions = z.object({
  url: z.string(),
  signingKey: z.string(),
  requestsPerSecond: z.number(),
  connections: z.number(),
  rampUpSeconds: z.number(),
  /** At the full rate, after the ramp-up. */
  seconds: z.number(),
});
export type LoadOptions = z.infer<typeof loadOptions>;

/** One request. Times are in milliseconds, `at` since the load began. */
export const sampleSchema = z.object({
  /** When it was due. */
  at: z.number(),
  /** How much later it was sent, because all connections were busy or this machine was. */
  lateBy: z.number(),
  /** From when it was due to the end of its answer. */
  latency: z.number(),
  /** 0 when there was no answer. */
  status: z.number(),
  correlationId: z.string().optional(),
});
export type Sample = z.infer<typeof sampleSchema>;

export const loadSchema = z.object({
  samples: z.array(sampleSchema),
  /** Connections that were open at the end. */
  connections: z.number(),
  /** Connections that were opened altogether. */
  opened: z.number(),
});
export type Load = z.infer<typeof loadSchema>;

export const soloOptions = z.object({
  module: z.string(),
  functionName: z.string(),
  account: z.string(),
  signingKey: z.string(),
  warmUp: z.number(),
  requests: z.number(),
});

export const soloSchema = z.object({
  requests: z.number(),
  /** CPU time of the function's process, all its threads, per request. */
  cpuMs: z.number(),
  /** From event to answer. */
  medianMs: z.number(),
  p95Ms: z.number(),
  accepted: z.number(),
});
export type Solo = z.infer<typeof soloSchema>;

export const stubOptions = z.object({ secret: z.string() });
export const stubSchema = z.object({ endpoint: z.string() });
export const cpuSchema = z.number();
