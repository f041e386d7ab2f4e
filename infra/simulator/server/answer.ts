import type { ServerResponse } from 'node:http';
import type { FieldErrors } from './field-errors.ts';

/** A finished answer that has not been sent yet. */
export interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Close the connection half-way through the body. */
  readonly dropMidBody?: boolean;
}

/** An answer, or what happens instead of one. */
export type Outcome = Answer | 'hang' | 'drop';

const json = 'application/json; charset=utf-8';

export const jsonText = (status: number, body: string): Answer => ({ status, body, contentType: json });
export const jsonAnswer = (status: number, value: unknown): Answer => jsonText(status, JSON.stringify(value));
export const message = (status: number, text: string): Answer => jsonAnswer(status, { message: text });
export const invalid = (errors: FieldErrors): Answer => jsonAnswer(400, errors);
export const notFound = (): Answer => message(404, 'Not Found');
export const unauthorized = (): Answer => message(401, 'Unauthorized');
export const forbidden = (): Answer => message(403, 'Forbidden');

/** What the front end shows when the application behind it does not answer. */
export const htmlPage = (status: number): Answer => ({
  status,
  body: `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>Something went wrong</h1></body></html>\n`,
  contentType: 'text/html; charset=UTF-8',
});

export const tooManyRequests = (retryAfter: string | undefined): Answer => ({
  ...message(429, 'Too Many Requests'),
  headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter },
});

/** Sends an outcome; `date` becomes the `Date` header. */
export function send(response: ServerResponse, outcome: Outcome, date: Date): void {
  if (outcome === 'hang') return;
  if (outcome === 'drop') {
    response.socket?.destroy();
    return;
  }
  const body = typeof outcome.body === 'string' ? Buffer.from(outcome.body) : outcome.body;
  response.sendDate = false;
  response.writeHead(outcome.status, {
    Date: date.toUTCString(),
    'Content-Type': outcome.contentType,
    'Content-Length': body.length,
    ...outcome.headers,
  });
  if (outcome.dropMidBody !== true) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
}
