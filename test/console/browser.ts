import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where this machine has a Chromium; undefined where it has none. */
export const chromiumPath = places.find((path) => path !== undefined && existsSync(path));

/** Tests in a browser are left out where there is none, but never where changes are merged. */
export const canSkip = chromiumPath === undefined && process.env.CI === undefined;

if (canSkip) {
  process.stderr.write('The console is not tested: there is no Chromium here. Install one, or set CHROMIUM_PATH.\n');
}

/** Starts headless Chromium. @throws Error where there is none */
export function startBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) {
    throw new Error('The console has to be tested in CI, and there is no Chromium: install one, or set CHROMIUM_PATH.');
  }
  return chromium.launch({ executablePath: chromiumPath });
}
