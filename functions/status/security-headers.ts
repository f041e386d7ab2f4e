import { createHash } from 'node:crypto';
import { docsStyle } from './docs/docs-style.ts';

const styleHash = createHash('sha256').update(docsStyle).digest('base64');

/** Beside middy's defaults: nothing is loaded or run, but for the documentation's own style. */
export const securityHeaders = {
  contentSecurityPolicy: {
    'default-src': "'none'",
    'style-src': `'sha256-${styleHash}'`,
    // There is nowhere to report to.
    'report-to': '',
  },
};
