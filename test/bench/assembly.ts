import { readAssembly } from '../../infra/local/cloudformation/assembly.ts';
import { buildModel, type StackModel } from '../../infra/local/cloudformation/stack-model.ts';
import { type LocalAccess, localEnvironment, localIdentity } from '../../infra/local/identity.ts';
import { readFunction } from '../../infra/local/lambda/function-definition.ts';
import type { FunctionDefinition } from '../../infra/local/lambda/function-pool.ts';

/** What the templates of an assembly say, with everything resolved as at `endpoint`. */
export function readModel(assemblyDir: string, endpoint: string): StackModel {
  return buildModel(readAssembly(assemblyDir), { ...localIdentity, endpoint, apiUrl: endpoint });
}

/** Of services that nobody asks. */
const nowhere: LocalAccess = { endpoint: 'http://127.0.0.1:9', accessKeyId: 'none' };

/** Every function of an assembly, ready to run against local services. */
export function readFunctions(assemblyDir: string, access: LocalAccess = nowhere): FunctionDefinition[] {
  const { assets } = readAssembly(assemblyDir);
  return readModel(assemblyDir, access.endpoint)
    .resources.filter(({ type }) => type === 'AWS::Lambda::Function')
    .map(
      (resource) =>
        readFunction(resource, {
          assets,
          environment: localEnvironment(access),
          concurrency: 1,
        }).definition,
    );
}

/** A function by the last part of its name: `sync-worker`. @throws Error when there is none */
export function functionNamed(functions: readonly FunctionDefinition[], name: string): FunctionDefinition {
  const found = functions.find((each) => each.name.endsWith(`-${name}`));
  if (found === undefined) throw new Error(`The assembly has no function ${name}.`);
  return found;
}

/** The physical name of the one resource of a type whose construct path ends so. @throws Error when there is none */
export function physicalName({ resources }: StackModel, type: string, pathEnd: string): string {
  const found = resources.find((each) => each.type === type && each.constructPath.endsWith(pathEnd));
  if (found === undefined) throw new Error(`The assembly has no ${type} at ${pathEnd}.`);
  return found.physicalId;
}
