import * as z from 'zod';
import { isResourceName, type ResourceName, resources } from '../../shared/rentvine/resources/catalogue.ts';
import { type CloseOutcome, discardDeadLetter } from '../../shared/store/dead-letters.ts';
import type { SyncRequest } from '../../shared/sync/job.ts';
import type { Platform } from '../platform/platform.ts';

/** What the console's buttons ask for. */
const actionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('redrive'), id: z.string().min(1) }),
  z.object({
    kind: z.literal('discard'),
    id: z.string().min(1),
    reason: z.string().trim().min(1, 'Say why nobody needs it any more.').max(500, 'Say it in 500 characters.'),
  }),
  z.object({
    kind: z.literal('sync'),
    account: z.string().min(1),
    /** Absent: all of them. */
    resource: z
      .custom<ResourceName>((name) => typeof name === 'string' && isResourceName(name), 'There is no such resource.')
      .optional(),
    mode: z.enum(['full', 'incremental']),
  }),
  z.object({ kind: z.literal('report') }),
]);

/** What became of an action, as a sentence that a person reads. */
export interface ActionAnswer {
  readonly ok: boolean;
  readonly message: string;
}

export interface ActionDependencies {
  readonly platform: Platform;
  /** Who presses the buttons; goes into the audit. */
  readonly operator: string;
  /** Has the business figures computed. */
  readonly report: () => Promise<void>;
}

const refusals: Readonly<Record<Exclude<CloseOutcome, 'done'>, string>> = {
  notFound: 'There is no such dead letter any more.',
  alreadyClosed: 'Somebody closed it already.',
  inProgress: 'Somebody else is redriving it.',
};

/** Does what a button asks for, by the code that `npm run ops` uses. */
export async function act(body: unknown, dependencies: ActionDependencies): Promise<ActionAnswer> {
  const parsed = actionSchema.safeParse(body);
  if (!parsed.success) return { ok: false, message: parsed.error.issues.map(({ message }) => message).join(' ') };
  const action = parsed.data;
  const { platform, operator, report } = dependencies;
  try {
    switch (action.kind) {
      case 'redrive':
        return closed(await platform.redrive(action.id, operator), 'Redriven: it is on its way again.');
      case 'discard':
        return closed(
          await discardDeadLetter(platform.state, action.id, { operator, reason: action.reason }, platform.now()),
          'Discarded. The reason is in the audit.',
        );
      case 'sync':
        return await askForSync(action, platform);
      case 'report':
        await report();
        return { ok: true, message: 'The figures are computed anew.' };
    }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : 'That did not work.' };
  }
}

const closed = (outcome: CloseOutcome, done: string): ActionAnswer =>
  outcome === 'done' ? { ok: true, message: done } : { ok: false, message: refusals[outcome] };

async function askForSync(
  { account, resource, mode }: { account: string; resource?: ResourceName | undefined; mode: SyncRequest['mode'] },
  platform: Platform,
): Promise<ActionAnswer> {
  const names = resource === undefined ? resources.map(({ name }) => name) : [resource];
  for (const name of names) await platform.plan({ resource: name, mode, accounts: [account] });
  const what = resource ?? 'every resource';
  return { ok: true, message: `Asked for ${mode === 'full' ? 'a full' : 'an incremental'} sync of ${what}.` };
}
