/** What is billed, as counts. */
export const usageKeys = [
  'invocations',
  'gbSeconds',
  'sqsStandardRequests',
  'sqsFifoRequests',
  'readUnits',
  'writeUnits',
  'ticks',
  'events',
  'logBytes',
  'secretsCalls',
  'httpRequests',
] as const;

export type UsageKey = (typeof usageKeys)[number];
export type Usage = Readonly<Record<UsageKey, number>>;

export const usageOf = (value: (key: UsageKey) => number): Usage => ({
  invocations: value('invocations'),
  gbSeconds: value('gbSeconds'),
  sqsStandardRequests: value('sqsStandardRequests'),
  sqsFifoRequests: value('sqsFifoRequests'),
  readUnits: value('readUnits'),
  writeUnits: value('writeUnits'),
  ticks: value('ticks'),
  events: value('events'),
  logBytes: value('logBytes'),
  secretsCalls: value('secretsCalls'),
  httpRequests: value('httpRequests'),
});

export const noUsage: Usage = usageOf(() => 0);
export const plus = (a: Usage, b: Usage): Usage => usageOf((key) => a[key] + b[key]);
export const minus = (a: Usage, b: Usage): Usage => usageOf((key) => a[key] - b[key]);
export const timesUsage = (factor: number, usage: Usage): Usage => usageOf((key) => factor * usage[key]);

/** What a run costs in a company of any size: so much per run, and so much more per unit. */
export interface Line {
  readonly fixed: Usage;
  readonly perUnit: Usage;
}

export interface Sample {
  readonly units: number;
  readonly usage: Usage;
}

/** The line through the smallest and the largest sample; those between are for checking it. */
export function lineThrough(samples: readonly Sample[]): Line {
  const sorted = [...samples].sort((a, b) => a.units - b.units);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || low.units === high.units) {
    throw new Error('A line takes samples of two sizes.');
  }
  const perUnit = usageOf((key) => Math.max(0, (high.usage[key] - low.usage[key]) / (high.units - low.units)));
  return { fixed: usageOf((key) => Math.max(0, low.usage[key] - perUnit[key] * low.units)), perUnit };
}

export const at = ({ fixed, perUnit }: Line, units: number): Usage =>
  usageOf((key) => fixed[key] + perUnit[key] * units);
