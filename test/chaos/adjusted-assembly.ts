import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const template = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** What replaces a resource's properties; undefined leaves the resource as it is. */
export type Adjust = (
  type: string,
  properties: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>> | undefined;

/**
 * Copies a cloud assembly with some properties of its resources changed, for what only a test wants to be different: the
 * bundles stay what would be deployed.
 *
 * @returns how many resources were changed
 */
export function adjustAssembly(from: string, to: string, adjust: Adjust): number {
  cpSync(from, to, { recursive: true });
  let adjusted = 0;
  for (const name of readdirSync(to).filter((each) => each.endsWith('.template.json'))) {
    const file = join(to, name);
    const content = template.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const resource of Object.values(content.Resources)) {
      const changed = adjust(resource.Type, resource.Properties);
      if (changed === undefined) continue;
      resource.Properties = { ...resource.Properties, ...changed };
      adjusted += 1;
    }
    writeFileSync(file, JSON.stringify(content));
  }
  return adjusted;
}
