import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const project = fileURLToPath(new URL('../..', import.meta.url));

export const reportsDir = `${project}reports/cloud`;

const outputsSchema = z.object({
  RecordsTableName: z.string(),
  StateTableName: z.string(),
  SyncJobsDeadLetterQueueUrl: z.string(),
  ChangeEventsDeadLetterQueueUrl: z.string(),
  EventBusName: z.string(),
  PlannerFunctionName: z.string(),
  SecretPrefix: z.string(),
});

/** What the core stack says about itself. */
export type Outputs = z.infer<typeof outputsSchema>;

/** The app's stage that one test run deploys, and the commands that an integrator uses for it. */
export interface CdkApp {
  /** Bootstraps the account and region that the environment's credentials lead to. */
  bootstrap(): Promise<void>;
  /** Deploys the core stack. */
  deploy(): Promise<Outputs>;
  /** Destroys the core stack, and leaves the bootstrap stack to others. */
  destroy(): Promise<void>;
}

/** @param context what `-c` gives to the app besides the stage */
export function cdkApp(stage: string, context: Readonly<Record<string, string>>): CdkApp {
  const stack = `aictive-${stage}-core`;
  const contextArgs = Object.entries({ ...context, stage }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const common = ['--ci', '--no-notices', '--output', `${reportsDir}/cdk.out`, ...contextArgs];
  const outputsFile = `${reportsDir}/outputs.json`;
  // Synthesis adds to what is there, and every run has another stage.
  rmSync(`${reportsDir}/cdk.out`, { recursive: true, force: true });
  return {
    bootstrap: () => cdk(['bootstrap', ...common]),
    async deploy() {
      await cdk(['deploy', stack, '--require-approval', 'never', '--outputs-file', outputsFile, ...common]);
      const outputs = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(outputsFile, 'utf8')));
      return outputsSchema.parse(outputs[stack]);
    },
    destroy: () => cdk(['destroy', stack, '--force', ...common]),
  };
}

/** @throws Error with the end of its output when it fails */
async function cdk(args: readonly string[]): Promise<void> {
  mkdirSync(reportsDir, { recursive: true });
  const log = `${reportsDir}/cdk-${args[0]}.log`;
  const child = spawn(`${project}node_modules/.bin/cdk`, args, {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
  });
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const [code] = await once(child, 'close');
  output.end();
  await once(output, 'finish');
  if (code !== 0) throw new Error(`cdk ${args[0]} failed:\n${readFileSync(log, 'utf8').slice(-4000)}`);
}
