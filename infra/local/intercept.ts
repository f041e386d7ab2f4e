import { AwsError } from './aws-error.ts';

/** The local services that clients ask, as their endpoints are called. */
export type ServiceName = 'dynamodb' | 'sqs' | 'secretsmanager' | 'events' | 'lambda' | 'cloudwatch';

/** One request to a local AWS service, before it is carried out. */
export interface ServiceRequest {
  readonly service: ServiceName;
  /** As the API calls it: `UpdateItem`, `SendMessage`, `Invoke`. */
  readonly operation: string;
  readonly body: Record<string, unknown>;
}

/** The error to answer instead: HTTP status, and the type and message that an SDK client will throw. */
export interface ServiceFault {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** Fault injection: asked before each request, from outside or from one service to another. */
export type Intercept = (request: ServiceRequest) => ServiceFault | undefined | Promise<ServiceFault | undefined>;

/** @throws AwsError the fault that `intercept` wants answered, if it wants one */
export async function refuse(intercept: Intercept | undefined, request: ServiceRequest): Promise<void> {
  const fault = await intercept?.(request);
  if (fault) throw new AwsError(fault.type, fault.message, fault.status);
}
