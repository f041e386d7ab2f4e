import { logger } from '../../../shared/observability/logger.ts';
import { exposition, type Family } from './exposition.ts';

/** One place that metrics are read from; it can fail without the others. */
export interface MetricSource {
  readonly name: string;
  read(): Promise<readonly Family[]>;
}

/** Every metric of every source that answers, and which ones do, in Prometheus' text format. */
export async function readMetrics(sources: readonly MetricSource[]): Promise<string> {
  const read = await Promise.all(
    sources.map(async ({ name, read: readSource }) => {
      try {
        return { name, families: await readSource() };
      } catch (error) {
        logger.error('A source of metrics could not be read.', { source: name, error });
        return { name, families: undefined };
      }
    }),
  );
  const up: Family = {
    name: 'source_up',
    help: 'Whether what these metrics are read from answered: 0 means that some are missing.',
    samples: read.map(({ name, families }) => ({ labels: { source: name }, value: families === undefined ? 0 : 1 })),
  };
  return exposition([up, ...read.flatMap(({ families = [] }) => families)]);
}
