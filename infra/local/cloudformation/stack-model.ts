import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';
import type { Assembly, AssemblyStack } from './assembly.ts';
import { type Identity, inertIdentity, isInert, type Naming, runningTypes } from './resource-types.ts';
import { type TemplateResolver, templateResolver } from './template.ts';

/** One resource of a template, with everything it refers to resolved. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** `aws:cdk:path`: `Core/Worker/Resource`. */
  readonly constructPath: string;
  /** What `Ref` yields. */
  readonly physicalId: string;
  attribute(name: string): string;
  /** One property, where the others may hold what cannot be resolved here. */
  property(name: string): unknown;
  /** @throws ConfigurationError naming the resource when its properties are not as `schema` says */
  properties<T>(schema: z.ZodType<T>): T;
  /** An error that names the resource. */
  fault(problem: string): ConfigurationError;
}

export interface StackModel {
  readonly resources: readonly Resource[];
  /** Outputs by stack and name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The ids that the HTTP APIs of an assembly will have. */
export function httpApiIds(assembly: Assembly): string[] {
  return assembly.stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources)
      .filter(([, resource]) => resource.Type === 'AWS::ApiGatewayV2::Api')
      .map(([logicalId]) => `${stack.name}-${logicalId}`),
  );
}

/**
 * Resolves all templates of an assembly against each other. Everything is resolved by reference, across stacks too.
 *
 * @throws ConfigurationError for a resource type that neither runs here nor is known to do nothing
 */
export function buildModel(assembly: Assembly, naming: Naming): StackModel {
  const resolvers = new Map<string, TemplateResolver>();

  /** API Gateway's own host names lead nowhere from here. */
  function localise(value: unknown): unknown {
    if (typeof value === 'string') {
      return value.replace(/https:\/\/([\w-]+)\.execute-api\.[\w-]+\.amazonaws\.com/g, (_url, id: string) =>
        naming.apiUrl(id),
      );
    }
    if (Array.isArray(value)) return value.map(localise);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, localise(item)]));
  }

  function resolverOf(stack: AssemblyStack): TemplateResolver {
    const known = resolvers.get(stack.name);
    if (known) return known;
    const identities = new Map<string, Identity>();
    const identify = (logicalId: string): Identity => {
      const seen = identities.get(logicalId);
      if (seen) return seen;
      const resource = stack.template.Resources[logicalId];
      if (!resource) throw new ConfigurationError(`Stack ${stack.name} has no resource ${logicalId}`);
      const input = {
        generated: `${stack.name}-${logicalId}`,
        property: (name: string): unknown => resolver.resolve(resource.Properties[name]),
        naming,
      };
      const identity = runningTypes[resource.Type]?.(input) ?? inertIdentity(resource.Type, input);
      identities.set(logicalId, identity);
      return identity;
    };
    const resolver = templateResolver(stack.template, {
      stackName: stack.name,
      region: naming.region,
      accountId: naming.accountId,
      ref: (logicalId) => identify(logicalId).ref,
      attribute(logicalId, name) {
        const type = stack.template.Resources[logicalId]?.Type ?? '';
        const { ref, attributes } = identify(logicalId);
        const value = attributes[name];
        if (value !== undefined) return value;
        if (isInert(type)) return ref;
        throw new ConfigurationError(`Stack ${stack.name}: ${logicalId} (${type}) has no attribute ${name} here`);
      },
      importValue,
    });
    resolvers.set(stack.name, resolver);
    return resolver;
  }

  function importValue(name: string): unknown {
    for (const stack of assembly.stacks) {
      const resolver = resolverOf(stack);
      for (const output of Object.values(stack.template.Outputs)) {
        if (output.Export && resolver.resolve(output.Export.Name) === name) return resolver.resolve(output.Value);
      }
    }
    throw new ConfigurationError(`No stack of the assembly exports ${name}`);
  }

  function toResource(stack: AssemblyStack, logicalId: string): Resource {
    const template = stack.template.Resources[logicalId];
    const type = template?.Type ?? '';
    const resolver = resolverOf(stack);
    const label = `${stack.name}/${logicalId} (${type})`;
    const fault = (problem: string): ConfigurationError => new ConfigurationError(`${label}: ${problem}`);
    return {
      stack: stack.name,
      logicalId,
      type,
      constructPath: stack.constructPaths.get(logicalId) ?? `${stack.name}/${logicalId}`,
      physicalId: String(resolver.resolve({ Ref: logicalId })),
      attribute: (name) => String(resolver.resolve({ 'Fn::GetAtt': [logicalId, name] })),
      property: (name) => localise(resolver.resolve(template?.Properties[name])),
      properties(schema) {
        const parsed = schema.safeParse(localise(resolver.resolve(template?.Properties ?? {})));
        if (!parsed.success) throw fault(z.prettifyError(parsed.error));
        return parsed.data;
      },
      fault,
    };
  }

  const resources: Resource[] = [];
  const unknown: string[] = [];
  for (const stack of assembly.stacks) {
    for (const [logicalId, resource] of Object.entries(stack.template.Resources)) {
      if (!resolverOf(stack).holds(resource.Condition)) continue;
      if (runningTypes[resource.Type] || isInert(resource.Type)) resources.push(toResource(stack, logicalId));
      else unknown.push(`${stack.name}/${logicalId} (${resource.Type})`);
    }
  }
  if (unknown.length > 0) {
    throw new ConfigurationError(`These resources cannot run on one machine: ${unknown.join(', ')}`);
  }

  const outputs: Record<string, Record<string, string>> = {};
  for (const stack of assembly.stacks) {
    const resolver = resolverOf(stack);
    const own = Object.entries(stack.template.Outputs)
      .filter(([, output]) => resolver.holds(output.Condition))
      .map(([name, output]) => [name, String(localise(resolver.resolve(output.Value)))] as const);
    outputs[stack.name] = Object.fromEntries(own);
  }
  return { resources, outputs };
}
