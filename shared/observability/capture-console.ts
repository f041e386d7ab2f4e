import { format } from 'node:util';
import type { Redactor } from './redact.ts';

/** What takes the lines that somebody else's code prints. */
export interface LineTaker {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

type Methods = Pick<Console, 'debug' | 'dir' | 'error' | 'info' | 'log' | 'trace' | 'warn'>;

/**
 * Sends what libraries print on the console through the logger: as one line of JSON with the invocation's keys, and
 * without the secrets and personal fields that are in it. The runtime would print it as it is.
 */
export function captureConsole(target: Methods, taker: LineTaker, redactor: Redactor): void {
  const to =
    (level: keyof LineTaker) =>
    (...parts: unknown[]): void =>
      // Objects are cleaned by their keys, before they become text.
      taker[level](format(...parts.map((part) => redactor.value(part))));
  target.log = to('info');
  target.info = to('info');
  target.dir = (object) => to('info')(object);
  target.warn = to('warn');
  target.error = to('error');
  target.debug = to('debug');
  target.trace = to('debug');
}
