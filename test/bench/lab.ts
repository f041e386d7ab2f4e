import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleModule } from '../../infra/constructs/bundle.ts';
import type { LocalAccess } from '../../infra/local/identity.ts';
import type { FunctionDefinition } from '../../infra/local/lambda/function-pool.ts';
import { functionNamed, physicalName, readFunctions, readModel } from './assembly.ts';
import {
  type Asked,
  askedSchema,
  backendSchema,
  type Company,
  companySchema,
  cpuSchema,
  type DatabaseCounts,
  databaseCountsSchema,
  none,
  type Worked,
  workedSchema,
} from './processes/protocol.ts';
import { type RemoteProcess, startProcess } from './processes/remote.ts';

/** A simulated Rentvine and a local AWS, each in a process of its own. */
export interface Lab extends AsyncDisposable {
  readonly company: Company;
  readonly access: LocalAccess;
  readonly recordsTable: string;
  readonly stateTable: string;
  /** What has been asked of both since `forget`. */
  asked(): Promise<Asked>;
  counts(): Promise<DatabaseCounts>;
  forget(): Promise<void>;
  forgetAsked(): Promise<void>;
  /** CPU time that the local AWS has taken so far. */
  databaseCpuMs(): Promise<number>;
  /** Changes so many leases, spread over all pages. */
  changeLeases(count: number): Promise<void>;
  /** Starts one environment of the sync worker, with the given settings in place of the template's. */
  startWorker(settings?: Readonly<Record<string, unknown>>): Promise<LabWorker>;
}

export interface LabWorker {
  /** Works on a job of the company's leases until nothing is left of it. */
  sync(mode: 'full' | 'incremental'): Promise<Worked>;
  stop(): Promise<void>;
}

export interface LabOptions {
  readonly assemblyDir: string;
  readonly latencyMs: number;
  readonly counts: Readonly<Record<string, number>>;
}

export async function startLab({ assemblyDir, latencyMs, counts }: LabOptions): Promise<Lab> {
  const simulator = startProcess('simulator.ts');
  const backend = startProcess('backend.ts');
  const processes: RemoteProcess[] = [simulator, backend];
  const [company, access] = await Promise.all([
    simulator.call('start', { latencyMs, counts }, companySchema),
    backend.call('start', { assemblyDir }, backendSchema),
  ]);
  const model = readModel(assemblyDir, access.endpoint);
  const { name, baseUrl, accessKey, secret } = company;
  const auth = { scheme: 'basic', accessKey, secret };
  const worker = functionNamed(readFunctions(assemblyDir, access), 'sync-worker');
  const secretName = `${worker.environment.SECRET_PREFIX}${name}`;
  await backend.call('putSecret', { name: secretName, content: JSON.stringify({ auth, baseUrl }) }, none);
  return {
    company,
    access,
    recordsTable: physicalName(model, 'AWS::DynamoDB::Table', 'Records/Resource'),
    stateTable: physicalName(model, 'AWS::DynamoDB::Table', 'State/Resource'),
    asked: () => simulator.call('asked', null, askedSchema),
    counts: () => backend.call('counts', null, databaseCountsSchema),
    async forget() {
      await Promise.all([simulator.call('forget', null, none), backend.call('forget', null, none)]);
    },
    async forgetAsked() {
      await simulator.call('forget', null, none);
    },
    databaseCpuMs: () => backend.call('cpuMs', null, cpuSchema),
    async changeLeases(count) {
      await simulator.call('changeLeases', count, none);
    },
    async startWorker(settings) {
      const environment = startWorkerProcess(worker, assemblyDir, settings);
      processes.push(environment);
      const { module, name: functionName, timeoutMs } = worker;
      await environment.call('load', { module, functionName, timeoutMs }, none);
      return {
        sync(mode) {
          const scheduledAt = new Date().toISOString();
          const runId = `${scheduledAt}-${mode}`;
          const job = { resource: 'leases', mode, account: name, runId, scheduledAt, correlationId: 'bench' };
          return environment.call('work', job, workedSchema);
        },
        stop: () => environment.stop(),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((process) => process.stop()));
    },
  };
}

/** With the template's environment, and with the shares of the function's memory that Lambda's runtime gives V8. */
function startWorkerProcess(
  { memoryMb, environment }: FunctionDefinition,
  workDir: string,
  settings: Readonly<Record<string, unknown>> | undefined,
): RemoteProcess {
  // Bundled, because Node's own TypeScript support would count towards the function's memory.
  const module = join(workDir, 'measured-worker.mjs');
  bundleModule('test/bench/processes/worker.ts', module);
  return startProcess(pathToFileURL(module).href, {
    execArgv: [
      `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`,
      `--max-semi-space-size=${Math.floor(memoryMb * 0.05)}`,
    ],
    environment: {
      ...environment,
      PATH: process.env.PATH ?? '',
      ...(settings !== undefined && { SYNC_SETTINGS: JSON.stringify(settings) }),
    },
    silent: true,
  });
}
