import { type MetricDefinition, metricDefinitions } from '../../shared/observability/metrics.ts';
import { awsMetrics, type MetricRef } from './metric-ref.ts';
import { functionNames } from './platform-names.ts';

const includes = (names: readonly string[], name: string): boolean => names.includes(name);

/**
 * Why a metric can have no data, if that is so: nobody sends one of this name, or not with these dimensions. CloudWatch would
 * show an empty graph, and an alarm on it would never ring.
 *
 * @param dimensions names of its dimensions, where their values are not known yet
 */
export function metricProblem(
  { namespace, name, dimensions }: Pick<MetricRef, 'namespace' | 'name' | 'dimensions'>,
  moreDimensions: readonly string[] = [],
): string | undefined {
  if (namespace.startsWith('AWS/')) {
    const known = Object.entries(awsMetrics).some(([space, names]) => space === namespace && includes(names, name));
    return known ? undefined : `${namespace} ${name} is not among the metrics of AWS that are looked at`;
  }
  const definition: MetricDefinition | undefined = Object.entries(metricDefinitions).find(([key]) => key === name)?.[1];
  if (definition === undefined) return `${name} is not in shared/observability/metrics.ts`;
  if (!includes(functionNames, dimensions.service ?? '')) return `${name} is of no function: ${dimensions.service}`;
  const has = [...Object.keys(dimensions), ...moreDimensions].sort().join(', ');
  const needs = ['service', ...definition.dimensions].sort().join(', ');
  return has === needs ? undefined : `${name} has the dimensions ${needs}, not ${has}`;
}
