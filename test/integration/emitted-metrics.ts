import * as z from 'zod';
import { eventually } from './eventually.ts';
import type { Harness } from './harness.ts';

/** One value of one metric, as a function printed it for CloudWatch. */
export interface EmittedMetric {
  readonly name: string;
  readonly value: number;
  /** Beside `service`. */
  readonly dimensions: Readonly<Record<string, string>>;
}

const lineSchema = z.looseObject({
  service: z.string(),
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({ Dimensions: z.array(z.array(z.string())), Metrics: z.array(z.object({ Name: z.string() })) }),
    ),
  }),
});
const values = z.union([z.number().transform((value) => [value]), z.array(z.number())]);

/** The metrics of one function among lines that functions wrote, in their order. */
export function emittedMetrics(lines: readonly string[], service: string): EmittedMetric[] {
  return lines
    .filter((line) => line.includes('"_aws"'))
    .map((line) => lineSchema.parse(JSON.parse(line)))
    .filter((line) => line.service === service)
    .flatMap((line) =>
      line._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) => {
        const names = (Dimensions[0] ?? []).filter((name) => name !== 'service');
        const dimensions = Object.fromEntries(names.map((name) => [name, String(line[name])]));
        return Metrics.flatMap(({ Name: name }) =>
          values.parse(line[name]).map((value) => ({ name, value, dimensions })),
        );
      }),
    );
}

/** One invocation of a function that a schedule invokes, and everything that it wrote. */
export interface PlayedTick {
  readonly failed: boolean;
  readonly logs: readonly string[];
  /** Those of the house middleware apart. */
  readonly metrics: readonly EmittedMetric[];
}

const ofEveryFunction: readonly string[] = ['MemoryUsed'];

/** Invokes a function as its schedule does. Its lines come a little after its answer, and before those of the next one. */
export async function playTick(harness: Harness, service: string, at: number): Promise<PlayedTick> {
  const functionName = `aictive-dev-${service}`;
  const before = harness.logs.length;
  const { error } = await harness.stack.invoke(functionName, { scheduledAt: new Date(at).toISOString() });
  await harness.stack.invoke(functionName, {});
  const logs = await eventually(`the lines of the ${service}`, () => {
    const lines = harness.logs.slice(before);
    const end = lines.findIndex((line) => line.includes('The tick is wrong'));
    return end < 0 ? undefined : lines.slice(0, end);
  });
  const metrics = emittedMetrics(logs, service).filter(({ name }) => !ofEveryFunction.includes(name));
  return { failed: error !== undefined, logs, metrics };
}
