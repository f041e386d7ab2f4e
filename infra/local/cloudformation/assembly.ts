import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { ConfigurationError } from '../../../shared/errors.ts';
import { type Template, templateSchema } from './template.ts';

const metadataSchema = z.record(z.string(), z.array(z.looseObject({ type: z.string(), data: z.unknown().optional() })));

const artifactSchema = z.looseObject({
  type: z.string(),
  displayName: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
  metadata: metadataSchema.optional(),
  additionalMetadataFile: z.string().optional(),
  properties: z
    .looseObject({
      templateFile: z.string().optional(),
      stackName: z.string().optional(),
      directoryName: z.string().optional(),
      file: z.string().optional(),
    })
    .optional(),
});

const manifestSchema = z.looseObject({ artifacts: z.record(z.string(), artifactSchema).default({}) });

const assetManifestSchema = z.looseObject({
  files: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ path: z.string().optional(), packaging: z.string().optional() }),
        destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

export interface AssemblyStack {
  readonly name: string;
  /** Id of the stack's artifact: what `cdk ls` and `--stacks` call it. */
  readonly artifactId: string;
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

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  if (!existsSync(file)) throw new ConfigurationError(`${file} does not exist: run \`cdk synth\` first`);
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function constructPaths(metadata: z.infer<typeof metadataSchema>, template: Template): Map<string, string> {
  const paths = new Map<string, string>();
  for (const [path, entries] of Object.entries(metadata)) {
    for (const entry of entries) {
      if (entry.type === 'aws:cdk:logicalId' && typeof entry.data === 'string') {
        paths.set(entry.data, path.replace(/^\//, ''));
      }
    }
  }
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const path = resource.Metadata['aws:cdk:path'];
    if (typeof path === 'string') paths.set(logicalId, path);
  }
  return paths;
}

/**
 * Reads a cloud assembly: the stacks of its manifest and of the assemblies nested in it, and where their assets lie.
 *
 * @param only names or artifact ids of the stacks wanted; all when absent. What they depend on comes along.
 * @throws ConfigurationError when the directory holds no assembly or a stack does not exist
 */
export function readAssembly(directory: string, only?: readonly string[]): Assembly {
  const stacks: AssemblyStack[] = [];
  const assets = new Map<string, string>();
  const dependencies = new Map<string, readonly string[]>();

  const read = (dir: string): void => {
    const { artifacts } = readJson(join(dir, 'manifest.json'), manifestSchema);
    const visited = new Set<string>();
    const visit = (id: string): void => {
      const artifact = artifacts[id];
      if (!artifact || visited.has(id)) return;
      visited.add(id);
      for (const dependency of artifact.dependencies) visit(dependency);
      const properties = artifact.properties ?? {};
      if (artifact.type === 'cdk:cloud-assembly' && properties.directoryName) {
        read(join(dir, properties.directoryName));
      } else if (artifact.type === 'cdk:asset-manifest' && properties.file) {
        for (const asset of Object.values(readJson(join(dir, properties.file), assetManifestSchema).files)) {
          if (!asset.source.path) continue;
          for (const { objectKey } of Object.values(asset.destinations)) {
            assets.set(objectKey, resolve(dir, asset.source.path));
          }
        }
      } else if (artifact.type === 'aws:cloudformation:stack' && properties.templateFile) {
        const template = readJson(join(dir, properties.templateFile), templateSchema);
        const extra = artifact.additionalMetadataFile;
        const metadata = { ...artifact.metadata, ...(extra ? readJson(join(dir, extra), metadataSchema) : {}) };
        dependencies.set(id, artifact.dependencies);
        stacks.push({
          name: properties.stackName ?? id,
          artifactId: id,
          template,
          constructPaths: constructPaths(metadata, template),
        });
      }
    };
    for (const id of Object.keys(artifacts)) visit(id);
  };
  read(directory);

  if (!only) return { stacks, assets };
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const stack = stacks.find((candidate) => candidate.name === name || candidate.artifactId === name);
    if (!stack || wanted.has(stack.artifactId)) return;
    wanted.add(stack.artifactId);
    for (const dependency of dependencies.get(stack.artifactId) ?? []) want(dependency);
  };
  for (const name of only) {
    if (!stacks.some((stack) => stack.name === name || stack.artifactId === name)) {
      const known = stacks.map((stack) => stack.name).join(', ');
      throw new ConfigurationError(`${directory} has no stack ${name}; it has ${known || 'none'}`);
    }
    want(name);
  }
  return { stacks: stacks.filter((stack) => wanted.has(stack.artifactId)), assets };
}
