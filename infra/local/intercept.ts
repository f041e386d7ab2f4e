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

/** Interceptors that come and go while the stack runs. */
export interface Interceptors {
  readonly intercept: Intercept;
  /** Answers how to take it away again. */
  add(hook: Intercept): () => void;
}

/** One interceptor for the stack that asks all of those that are there at the time, the first answer counting. */
export function interceptors(): Interceptors {
  const hooks = new Set<Intercept>();
  return {
    async intercept(request) {
      for (const hook of hooks) {
        const fault = await hook(request);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
    add(hook) {
      hooks.add(hook);
      return () => void hooks.delete(hook);
    },
  };
}
