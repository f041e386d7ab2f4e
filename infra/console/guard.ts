import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isOwnHost, knows } from '../local/caller.ts';

/**
 * Whether a request may have come from a person at this machine. The server listens on the loopback interface only, but a
 * web page of anybody's can send requests there from the person's browser: under a name of its own that resolves to
 * 127.0.0.1 (DNS rebinding), which `Host` shows, or across origins, which `Origin` and `Sec-Fetch-Site` show.
 *
 * @returns why it is refused, or undefined
 */
export function refusal(request: IncomingMessage): string | undefined {
  const { host, origin, 'sec-fetch-site': site } = request.headers;
  if (!isOwnHost(host)) return 'The console answers on this machine only, as localhost.';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // A link or a bookmark leads here from elsewhere; nothing but the whole page does.
  const isNavigation = isRead && request.headers['sec-fetch-mode'] === 'navigate';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation)
    return 'Another web page asked.';
  if (isRead) return undefined;
  // Every browser sends it with a POST.
  if (origin !== `http://${host}`) return 'Another web page asked.';
  if (!request.headers['content-type']?.startsWith('application/json')) return 'Actions are asked for in JSON.';
  return undefined;
}

/**
 * What opens the console: every user of the machine can ask the loopback interface, and only who started the stack is to see
 * its data. It follows from the stack's access-key id, so that an open page goes on after a restart.
 */
export const consoleKey = (accessKeyId: string): string =>
  createHash('sha256').update(`console ${accessKeyId}`).digest('base64url');

// Browsers keep one set of cookies for all ports of a host.
const cookieName = ({ socket }: IncomingMessage): string => `console-${socket.localPort}`;

/** How a request shows the key: in the cookie that its browser got, in the link that was printed, or not at all. */
export function admission(request: IncomingMessage, key: string): 'cookie' | 'link' | undefined {
  const cookies = (request.headers.cookie ?? '').split(/; */).map((pair) => pair.split('='));
  if (cookies.some(([name, value = '']) => name === cookieName(request) && knows(value, key))) return 'cookie';
  const given = new URL(request.url ?? '/', 'http://localhost').searchParams.get('key');
  return given !== null && knows(given, key) ? 'link' : undefined;
}

/** Keeps the key in the browser, out of the reach of scripts and of requests that other sites make. */
export const cookieOf = (request: IncomingMessage, key: string): string =>
  `${cookieName(request)}=${key}; Path=/; HttpOnly; SameSite=Lax`;

/** The page loads nothing from elsewhere, runs nothing but its own script, and is shown in no frame. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
