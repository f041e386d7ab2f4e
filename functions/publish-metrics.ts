import type { MiddlewareObj } from '@middy/core';
import { metrics } from '../shared/observability/metrics.ts';

const kilobytesPerMegabyte = 1024;

/**
 * Publishes what the invocation recorded, however it ended.
 *
 * @param withMemory whether the most memory that its process ever had in use is part of that; true by default
 */
export const publishMetrics = ({ withMemory = true } = {}): MiddlewareObj => {
  const publish = () => {
    if (withMemory) metrics.record('MemoryUsed', process.resourceUsage().maxRSS / kilobytesPerMegabyte, {});
    metrics.publish();
  };
  return { after: publish, onError: publish };
};
