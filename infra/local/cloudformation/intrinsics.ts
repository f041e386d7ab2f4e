import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';

/** What a template's expressions may ask about. */
export interface TemplateScope {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  /** What `Ref` of a resource yields; undefined when the template has no such resource. */
  ref(logicalId: string): string | undefined;
  /** What `Fn::GetAtt` of a resource yields. */
  attribute(logicalId: string, name: string): string;
  /** Value of an export of any stack. */
  importValue(name: string): unknown;
}

/** Replaces every intrinsic function in a value of a template. */
export type Resolve = (value: unknown) => unknown;

const pair = z.tuple([z.string(), z.unknown()]);

/**
 * Evaluates the intrinsic functions that our templates use: `Ref`, `Fn::GetAtt`, `Fn::Join`, `Fn::Sub`, `Fn::ImportValue`, and
 * `Fn::Select` of `Fn::Split`, by which the CDK takes the name of a function out of its alias's ARN. Resources are resolved
 * by reference, so their order and `DependsOn` do not matter.
 *
 * @returns what resolves a value; it throws ConfigurationError for any other function and for a reference to nothing
 */
export function templateResolver(scope: TemplateScope): Resolve {
  const pseudoParameters: Readonly<Record<string, string>> = {
    'AWS::AccountId': scope.accountId,
    'AWS::Region': scope.region,
    'AWS::Partition': 'aws',
  };

  const fail = (problem: string): never => {
    throw new ConfigurationError(`Stack ${scope.stackName}: ${problem}`);
  };

  const ref = (name: string): string =>
    pseudoParameters[name] ??
    scope.ref(name) ??
    fail(`there is no ${name} to refer to; known beside resources: ${Object.keys(pseudoParameters).join(', ')}`);

  function text(value: unknown): string {
    const resolved = resolve(value);
    if (typeof resolved === 'string' || typeof resolved === 'number') return String(resolved);
    return fail(`expected a string in a template expression, got ${JSON.stringify(resolved)}`);
  }

  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (argument) => ref(text(argument)),
    'Fn::GetAtt': (argument) => {
      const [logicalId, name] = z.tuple([z.string(), z.string()]).parse(argument);
      return scope.attribute(logicalId, name);
    },
    'Fn::Join': (argument) => {
      const [separator, parts] = pair.parse(argument);
      return z.array(z.unknown()).parse(resolve(parts)).map(text).join(separator);
    },
    'Fn::Sub': (argument) => {
      if (typeof argument !== 'string') return fail('Fn::Sub with variables of its own is not supported');
      return argument.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
        const [logicalId = '', attribute] = name.split('.');
        return attribute === undefined ? ref(name) : scope.attribute(logicalId, attribute);
      });
    },
    'Fn::Select': (argument) => {
      const [index, parts] = z.tuple([z.number(), z.unknown()]).parse(argument);
      return z.array(z.string()).parse(resolve(parts))[index] ?? fail(`there is no part ${index} for Fn::Select`);
    },
    'Fn::Split': (argument) => {
      const [separator, source] = pair.parse(argument);
      return text(source).split(separator);
    },
    'Fn::ImportValue': (argument) => scope.importValue(text(argument)),
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value === 'string' && value.includes('{{resolve:')) {
      return fail(`dynamic references are not supported: ${value}`);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name = '', argument] = entries[0] ?? [];
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
      const evaluate = functions[name] ?? fail(`intrinsic function ${name} is not supported`);
      return evaluate(argument);
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item)]));
  }

  return resolve;
}
