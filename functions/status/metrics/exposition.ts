/** One value of a metric family. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * A metric of Prometheus. All of ours are gauges: a function that comes and goes cannot count from its start, so counts say
 * over which time they are (`_last_5m`).
 */
export interface Family {
  /** `snake_case`, with its base unit at the end. */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Content type of the text format. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

const prefix = 'aictive_';

/**
 * Writes families in Prometheus' text format; one without a sample is left out.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export const exposition = (families: readonly Family[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) =>
      [
        `# HELP ${prefix}${name} ${escapeText(help)}`,
        `# TYPE ${prefix}${name} gauge`,
        ...samples.map(({ labels = {}, value }) => `${prefix}${name}${labelText(labels)} ${numberText(value)}`),
        '',
      ].join('\n'),
    )
    .join('');

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeText(value).replaceAll('"', '\\"')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escapeText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  // Without the dust of binary fractions.
  return String(Number(value.toPrecision(12)));
}
