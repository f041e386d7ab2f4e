import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const pageDirectory = fileURLToPath(new URL('./page/', import.meta.url));

export interface PageFile {
  readonly type: string;
  readonly content: string | Buffer;
}

/** The files of the page by path, bundled in memory: a few milliseconds, and never older than their sources. */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const { outputFiles } = await build({
    absWorkingDir: pageDirectory,
    entryPoints: ['main.tsx', 'style.css'],
    outdir: 'console',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  });
  const bundled = outputFiles.map(({ path, contents }): [string, PageFile] => [
    path.endsWith('.css') ? '/console/style.css' : '/console/main.js',
    {
      type: path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
      content: Buffer.from(contents),
    },
  ]);
  return new Map<string, PageFile>([
    ['/', { type: 'text/html; charset=utf-8', content: readFileSync(`${pageDirectory}index.html`) }],
    ['/console/icon.svg', { type: 'image/svg+xml', content: readFileSync(`${pageDirectory}icon.svg`) }],
    ...bundled,
  ]);
}
