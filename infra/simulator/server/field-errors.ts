/** The body of a 400: what is wrong, by the path of the field. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The request does not fit; answered with 400. */
export class InvalidRequest extends Error {
  readonly errors: FieldErrors;

  constructor(field: string, message: string) {
    super(message);
    this.name = 'InvalidRequest';
    this.errors = { [field]: [message] };
  }
}
