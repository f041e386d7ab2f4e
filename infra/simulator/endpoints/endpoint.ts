import type { Account } from '../account.ts';
import type { WireObject } from '../generator/wire-object.ts';
import type { ResourceName } from '../resources/catalogue.ts';
import type { Answer } from '../server/answer.ts';

/** A file that came with a request. */
export interface UploadedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface EndpointCall {
  readonly account: Account;
  /** What stood in the path's braces. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON of the body; `undefined` for one that is empty, no JSON, or a form. */
  readonly body: unknown;
  readonly file?: UploadedFile | undefined;
  /** An object as a single read answers it. */
  served(resource: ResourceName, id: number): Answer;
}

/** Something that the API offers beside lists and objects. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** Ids and names in braces. */
  readonly path: string;
  /** @throws InvalidRequest when the query or the body does not fit */
  readonly answer: (call: EndpointCall) => Answer;
}

/** The body of a POST, an empty one where there is none. */
export const fieldsOf = (body: unknown): WireObject => (isObject(body) ? body : {});

const isObject = (value: unknown): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
