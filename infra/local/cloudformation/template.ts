import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
  Metadata: z.record(z.string(), z.unknown()).default({}),
});

/** The parts of a CloudFormation template that matter when it runs on one machine. */
export const templateSchema = z.looseObject({
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() })).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({
        Value: z.unknown(),
        Export: z.looseObject({ Name: z.unknown() }).optional(),
        Condition: z.string().optional(),
      }),
    )
    .default({}),
});

export type Template = z.infer<typeof templateSchema>;

/** What a template's expressions may ask about the world outside of the template. */
export interface TemplateScope {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  /** What `Ref` of a resource yields. */
  ref(logicalId: string): unknown;
  /** What `Fn::GetAtt` of a resource yields. */
  attribute(logicalId: string, name: string): unknown;
  /** Value of an export of any stack. */
  importValue(name: string): unknown;
}

export interface TemplateResolver {
  /** Replaces every intrinsic function in `value`; properties that resolve to `AWS::NoValue` are dropped. */
  resolve(value: unknown): unknown;
  /** Whether a resource or output with this condition exists. */
  holds(condition: string | undefined): boolean;
}

const noValue = Symbol('AWS::NoValue');
const asObject = z.record(z.string(), z.unknown());
const asList = z.array(z.unknown());
const pair = z.tuple([z.unknown(), z.unknown()]);

/**
 * Evaluates CloudFormation's intrinsic functions and conditions. Resources are resolved by reference, so their order
 * and `DependsOn` do not matter.
 *
 * @throws ConfigurationError for a function it does not know and for a reference to nothing
 */
export function templateResolver(template: Template, scope: TemplateScope): TemplateResolver {
  const pseudoParameters: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': scope.accountId,
    'AWS::Region': scope.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': scope.stackName,
    'AWS::StackId': `arn:aws:cloudformation:${scope.region}:${scope.accountId}:stack/${scope.stackName}/local`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': noValue,
  };

  const fail = (problem: string): never => {
    throw new ConfigurationError(`Stack ${scope.stackName}: ${problem}`);
  };

  function ref(name: string): unknown {
    if (name in pseudoParameters) return pseudoParameters[name];
    const parameter = template.Parameters[name];
    if (parameter) return parameter.Default ?? fail(`parameter ${name} has no default value`);
    if (template.Resources[name]) return scope.ref(name);
    return fail(`Ref to ${name}, which is no resource, parameter or pseudo parameter of the template`);
  }

  function attribute(logicalId: string, name: string): unknown {
    if (!template.Resources[logicalId]) fail(`Fn::GetAtt of ${logicalId}, which is no resource of the template`);
    return scope.attribute(logicalId, name);
  }

  function text(value: unknown): string {
    const resolved = evaluate(value);
    if (typeof resolved === 'string') return resolved;
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
    return fail(`expected a string in a template expression, got ${JSON.stringify(resolved)}`);
  }

  function list(value: unknown): unknown[] {
    const resolved = evaluate(value);
    return Array.isArray(resolved) ? resolved : fail(`expected a list in a template expression`);
  }

  function substitute(argument: unknown): string {
    const [pattern, variables] = Array.isArray(argument) ? pair.parse(argument) : [argument, {}];
    const own = asObject.parse(variables);
    return z
      .string()
      .parse(pattern)
      .replace(/\$\{([^}]*)\}/g, (_whole, raw: string) => {
        if (raw.startsWith('!')) return `\${${raw.slice(1)}}`;
        const name = raw.trim();
        if (name in own) return text(own[name]);
        const dot = name.indexOf('.');
        return String(dot < 0 ? ref(name) : attribute(name.slice(0, dot), name.slice(dot + 1)));
      });
  }

  function condition(value: unknown): boolean {
    if (typeof value === 'string') return holds(value);
    const resolved = evaluate(value);
    return typeof resolved === 'boolean' ? resolved : fail('a condition did not evaluate to true or false');
  }

  function holds(name: string | undefined): boolean {
    if (name === undefined) return true;
    if (!(name in template.Conditions)) fail(`condition ${name} is not defined`);
    return condition(template.Conditions[name]);
  }

  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (argument) => ref(z.string().parse(argument)),
    Condition: (argument) => holds(z.string().parse(argument)),
    'Fn::GetAtt': (argument) => {
      const parts = typeof argument === 'string' ? argument.split('.') : asList.parse(argument).map(text);
      return attribute(parts[0] ?? '', parts.slice(1).join('.'));
    },
    'Fn::Sub': substitute,
    'Fn::Join': (argument) => {
      const [separator, parts] = pair.parse(argument);
      return list(parts).map(text).join(z.string().parse(separator));
    },
    'Fn::Select': (argument) => {
      const [index, items] = pair.parse(argument);
      const chosen = list(items)[Number(text(index))];
      return chosen === undefined ? fail('Fn::Select beyond the end of its list') : chosen;
    },
    'Fn::Split': (argument) => {
      const [separator, source] = pair.parse(argument);
      return text(source).split(z.string().parse(separator));
    },
    'Fn::FindInMap': (argument) => {
      const [map, first, second] = asList.parse(argument).map(text);
      return (
        template.Mappings[map ?? '']?.[first ?? '']?.[second ?? ''] ??
        fail(`nothing in mapping ${map} at ${first}.${second}`)
      );
    },
    'Fn::If': (argument) => {
      const [name, yes, no] = asList.parse(argument);
      return evaluate(holds(z.string().parse(name)) ? yes : no);
    },
    'Fn::Equals': (argument) => {
      const [left, right] = pair.parse(argument);
      return JSON.stringify(evaluate(left)) === JSON.stringify(evaluate(right));
    },
    'Fn::And': (argument) => asList.parse(argument).every(condition),
    'Fn::Or': (argument) => asList.parse(argument).some(condition),
    'Fn::Not': (argument) => !condition(asList.parse(argument)[0]),
    'Fn::ImportValue': (argument) => scope.importValue(text(argument)),
    'Fn::Base64': (argument) => Buffer.from(text(argument)).toString('base64'),
    'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => `${scope.region}${zone}`),
    'Fn::ToJsonString': (argument) => JSON.stringify(evaluate(argument)),
    'Fn::Length': (argument) => list(argument).length,
  };

  function evaluate(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(evaluate).filter((item) => item !== noValue);
    if (typeof value === 'string' && value.includes('{{resolve:')) {
      return fail(`dynamic references are not supported: ${value}`);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && (only[0] === 'Ref' || only[0] === 'Condition' || only[0].startsWith('Fn::'))) {
      // `Condition` is also an ordinary property name, of IAM statements for one: there it holds an object.
      if (only[0] === 'Condition' && typeof only[1] !== 'string') return { Condition: evaluate(only[1]) };
      const evaluateFunction = functions[only[0]] ?? fail(`intrinsic function ${only[0]} is not supported`);
      return evaluateFunction(only[1]);
    }
    const evaluated = entries.map(([key, item]) => [key, evaluate(item)] as const);
    return Object.fromEntries(evaluated.filter(([, item]) => item !== noValue));
  }

  return {
    holds,
    resolve: (value) => {
      const resolved = evaluate(value);
      return resolved === noValue ? undefined : resolved;
    },
  };
}
