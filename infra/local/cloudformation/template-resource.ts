import * as z from 'zod';
import type { ConfigurationError } from '../../../shared/errors.ts';

/** One resource of a template, with everything it refers to resolved. */
export interface TemplateResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** `aws:cdk:path`: `Core/Worker/Resource`. */
  readonly constructPath: string;
  /** What `Ref` yields. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` yields. */
  attribute(name: string): string;
  /** One property, where the others may hold what cannot be resolved here. */
  property(name: string): unknown;
  /**
   * All properties but those named in `inert`, which have no effect on one machine.
   *
   * @throws ConfigurationError naming the resource when they are not as `schema` says
   */
  properties<T>(schema: z.ZodType<T>, inert?: readonly string[]): T;
  /** An error that names the resource. */
  fault(problem: string): ConfigurationError;
}

/** CloudFormation takes `"true"` for `true`. */
export const booleanProperty = z.union([z.boolean(), z.stringbool()]);

export function ofType(resources: readonly TemplateResource[], type: string): TemplateResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** A strict schema's refusal as a sentence about the property, anything else as zod says it. */
export function problemOf(error: z.ZodError): string {
  const unknown = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key].join('.')) : [],
  );
  return unknown.length > 0 ? `${unknown.join(', ')} is not supported` : z.prettifyError(error);
}
