import type { IncomingMessage } from 'node:http';

/**
 * Whether a request may have come from a person at this machine. The server listens on the loopback interface only, but a
 * web page of anybody's can send requests there from the person's browser: under a name of its own that resolves to
 * 127.0.0.1 (DNS rebinding), which `Host` shows, or across origins, which `Origin` and `Sec-Fetch-Site` show.
 *
 * @returns why it is refused, or undefined
 */
export function refusal(request: IncomingMessage): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = request.headers;
  if (!localHost.test(host)) return 'The console answers on this machine only, as localhost.';
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

const localHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

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
