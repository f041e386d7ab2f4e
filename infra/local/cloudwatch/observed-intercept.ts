import type { Intercept, ServiceFault, ServiceRequest } from '../intercept.ts';
import type { AwsMetrics } from './aws-metrics.ts';

const throttlingErrors = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'ThroughputExceededException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);

/**
 * ServiceFault injection that AWS's metrics show: a throttling error that it gives counts as one of the table or function. The
 * local table and functions themselves throttle nobody.
 */
export function observedIntercept(intercept: Intercept | undefined, measured: AwsMetrics): Intercept | undefined {
  if (!intercept) return undefined;

  function observe(
    { service, operation, body }: ServiceRequest,
    fault: ServiceFault | undefined,
  ): ServiceFault | undefined {
    if (!fault || !throttlingErrors.has(fault.type.split('#').at(-1) ?? '')) return fault;
    if (service === 'dynamodb') measured.tableThrottled(operation, body);
    if (service === 'lambda' && typeof body.FunctionName === 'string') {
      const name = body.FunctionName;
      measured.invocationThrottled(name.startsWith('arn:') ? (name.split(':')[6] ?? name) : name);
    }
    return fault;
  }

  return (request) => {
    const fault = intercept(request);
    return fault instanceof Promise ? fault.then((given) => observe(request, given)) : observe(request, fault);
  };
}
