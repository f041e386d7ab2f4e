import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssetManifestArtifact, CloudAssembly } from 'aws-cdk-lib/cx-api';
import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';

const templateSchema = z.looseObject({
  Resources: z
    .record(
      z.string(),
      z.looseObject({
        Type: z.string(),
        Properties: z.record(z.string(), z.unknown()).default({}),
        Condition: z.string().optional(),
      }),
    )
    .default({}),
  Outputs: z
    .record(z.string(), z.looseObject({ Value: z.unknown(), Export: z.looseObject({ Name: z.unknown() }).optional() }))
    .default({}),
});

/** The parts of a CloudFormation template that matter when it runs on one machine. */
export type Template = z.infer<typeof templateSchema>;

export interface AssemblyStack {
  readonly name: string;
  readonly template: Template;
  /** Construct path of each resource, by logical id. */
  readonly constructPaths: ReadonlyMap<string, string>;
}

export interface Assembly {
  /** In dependency order. */
  readonly stacks: readonly AssemblyStack[];
  /** Directory or file of each asset, by the S3 key that the templates name it by. */
  readonly assets: ReadonlyMap<string, string>;
}

/**
 * Reads a cloud assembly: its stacks, and where their assets lie.
 *
 * @throws ConfigurationError when the directory holds none
 */
export function readAssembly(directory: string): Assembly {
  const manifest = join(directory, 'manifest.json');
  if (!existsSync(manifest)) throw new ConfigurationError(`${manifest} does not exist: run \`cdk synth\` first`);
  const assembly = new CloudAssembly(directory);
  const assets = new Map<string, string>();
  for (const artifact of assembly.artifacts) {
    if (!(artifact instanceof AssetManifestArtifact)) continue;
    for (const { source, destinations } of Object.values(artifact.contents.files ?? {})) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, resolve(directory, source.path));
    }
  }
  const stacks = assembly.stacks.map((stack) => ({
    name: stack.stackName,
    template: templateSchema.parse(stack.template),
    constructPaths: new Map(
      stack
        .findMetadataByType('aws:cdk:logicalId')
        .map(({ data, path }) => [String(data), path.replace(/^\//, '')] as const),
    ),
  }));
  return { stacks, assets };
}
