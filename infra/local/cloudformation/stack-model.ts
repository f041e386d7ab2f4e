import { ConfigurationError } from '../../../shared/errors.ts';
import type { Assembly, AssemblyStack } from './assembly.ts';
import { type Resolve, templateResolver } from './intrinsics.ts';
import { type Identity, inertIdentity, isInert, type Naming, runningTypes } from './resource-types.ts';
import { problemOf, type TemplateResource } from './template-resource.ts';

export interface StackModel {
  readonly resources: readonly TemplateResource[];
  /** Outputs by stack and name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Resolves all templates of an assembly against each other. Everything is resolved by reference, across stacks too.
 *
 * @throws ConfigurationError for a resource type that neither runs here nor is known to do nothing
 */
export function buildModel(assembly: Assembly, naming: Naming): StackModel {
  const resolvers = new Map<AssemblyStack, Resolve>();

  function resolverOf(stack: AssemblyStack): Resolve {
    const known = resolvers.get(stack);
    if (known) return known;
    const resolve = templateResolver({
      stackName: stack.name,
      region: naming.region,
      accountId: naming.accountId,
      ref: (logicalId) => identityOf(stack, logicalId)?.ref,
      attribute(logicalId, name) {
        const value = identityOf(stack, logicalId)?.attributes[name];
        if (value !== undefined) return value;
        const type = stack.template.Resources[logicalId]?.Type ?? 'no resource of the template';
        throw new ConfigurationError(`Stack ${stack.name}: ${logicalId} (${type}) has no attribute ${name} here`);
      },
      importValue,
    });
    resolvers.set(stack, resolve);
    return resolve;
  }

  function identityOf(stack: AssemblyStack, logicalId: string): Identity | undefined {
    const resource = stack.template.Resources[logicalId];
    if (!resource) return undefined;
    const input = {
      generated: `${stack.name}-${logicalId}`,
      property: (name: string): unknown => resolverOf(stack)(resource.Properties[name]),
      naming,
    };
    return runningTypes[resource.Type]?.(input) ?? inertIdentity(resource.Type, input);
  }

  function importValue(name: string): unknown {
    for (const stack of assembly.stacks) {
      const resolve = resolverOf(stack);
      for (const { Export, Value } of Object.values(stack.template.Outputs)) {
        if (Export && resolve(Export.Name) === name) return resolve(Value);
      }
    }
    throw new ConfigurationError(`No stack of the assembly exports ${name}`);
  }

  const resources: TemplateResource[] = [];
  const unknown: string[] = [];
  const outputs: Record<string, Record<string, string>> = {};
  for (const stack of assembly.stacks) {
    const resolve = resolverOf(stack);
    for (const [logicalId, { Type: type, Properties, Condition }] of Object.entries(stack.template.Resources)) {
      const label = `${stack.name}/${logicalId} (${type})`;
      const fault = (problem: string): ConfigurationError => new ConfigurationError(`${label}: ${problem}`);
      if (Condition !== undefined) throw fault('conditions are not supported');
      if (!runningTypes[type] && !isInert(type)) unknown.push(label);
      resources.push({
        stack: stack.name,
        logicalId,
        type,
        constructPath: stack.constructPaths.get(logicalId) ?? `${stack.name}/${logicalId}`,
        physicalId: identityOf(stack, logicalId)?.ref ?? '',
        attribute: (name) => String(resolve({ 'Fn::GetAtt': [logicalId, name] })),
        property: (name) => resolve(Properties[name]),
        properties(schema, inert = []) {
          const active = Object.entries(Properties).filter(([name]) => !inert.includes(name));
          const parsed = schema.safeParse(resolve(Object.fromEntries(active)));
          if (!parsed.success) throw fault(problemOf(parsed.error));
          return parsed.data;
        },
        fault,
      });
    }
    outputs[stack.name] = Object.fromEntries(
      Object.entries(stack.template.Outputs).map(([name, { Value }]) => [name, String(resolve(Value))]),
    );
  }
  if (unknown.length > 0) {
    throw new ConfigurationError(`These resources cannot run on one machine: ${unknown.join(', ')}`);
  }
  return { resources, outputs };
}
