/** An error as an AWS service reports it: SDK clients turn `type` into the name of the error they throw. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;
  /** Further members of the error's body, such as the `Item` of a failed condition. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(type: string, message: string, status = 400, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'AwsError';
    this.type = type;
    this.status = status;
    this.details = details;
  }
}

/** What the local services do not implement is refused by name, so that nobody debugs a silent no-op. */
export function unsupportedOperation(service: string, operation: string): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `The local ${service} does not support ${operation || 'this request'}`,
  );
}
