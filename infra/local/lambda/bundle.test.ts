import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFn, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { lineCollector, temporaryDirectory } from '../fixtures/harness.ts';
import { startLocalStack } from '../start.ts';

test('a bundle with AWS clients, logger, metrics and an enabled tracer runs as it is', async () => {
  const directory = temporaryDirectory();
  const code = join(directory, 'code');
  mkdirSync(code);
  await build({
    entryPoints: [fileURLToPath(new URL('../fixtures/bundled.ts', import.meta.url))],
    outfile: join(code, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const app = new App({ outdir: join(directory, 'cdk.out'), analyticsReporting: false });
  const stack = new Stack(app, 'Bundled');
  new Table(stack, 'Table', {
    tableName: 'table',
    partitionKey: { name: 'id', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
  });
  new LambdaFn(stack, 'Function', {
    functionName: 'bundled',
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(code),
    tracing: Tracing.ACTIVE,
    memorySize: 256,
    environment: { NODE_OPTIONS: '--enable-source-maps', POWERTOOLS_LOG_LEVEL: 'INFO' },
  });
  app.synth();

  const log = lineCollector();
  const local = await startLocalStack({ assemblyDir: join(directory, 'cdk.out'), onLog: log.onLog });
  expect(await local.invoke('bundled', { id: 'x' })).toEqual({ payload: { id: { S: 'x' } } });
  await local.stop();
  expect(log.lines).toContainEqual(expect.objectContaining({ message: 'Writing one item', id: 'x' }));
  expect(log.lines).toContainEqual(expect.objectContaining({ written: 1 }));
  rmSync(directory, { recursive: true });
}, 60_000);
