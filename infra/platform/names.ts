/** What all physical names of a stage begin with: `aictive-prod`, then a hyphen. */
export const prefixOf = (stage: string): string => `aictive-${stage}`;

/** What the names of a stage's account secrets begin with; the rest is the account. */
export const secretPrefixOf = (stage: string): string => `aictive/${stage}/rentvine/`;

/** The same of the secrets of their webhooks' signing keys. */
export const webhookSecretPrefixOf = (stage: string): string => `aictive/${stage}/webhooks/`;

/** The name of the stack that holds everything but alarms and dashboards. */
export const coreStackOf = (stage: string): string => `${prefixOf(stage)}-core`;

/** The stage among these stacks' names. @throws RangeError when none is a core stack */
export function stageAmong(stackNames: readonly string[]): string {
  const stage = stackNames.map((name) => /^aictive-(.+)-core$/.exec(name)?.[1]).find((found) => found !== undefined);
  if (stage === undefined) throw new RangeError(`None of the stacks ${stackNames.join(', ')} is a core stack.`);
  return stage;
}
