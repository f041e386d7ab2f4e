import type { Resource } from '../../shared/rentvine/resource.ts';
import type { WebhookHint } from '../../shared/webhook/hint.ts';
import { type HintMeaning, meaningOf } from '../../shared/webhook/targets.ts';

/** One object to read for all the hints about it in a batch. */
export interface ObjectPlan {
  readonly resource: Resource;
  readonly id: string;
  /** Ids that the hints name, for paths that need a parent's. */
  readonly ids: Readonly<Record<string, string>>;
  /** When the last of the hints came: a read that was asked for later has seen all of them. */
  readonly receivedAt: string;
  /** Of that hint. */
  readonly correlationId: string;
  /** Who acted, where all of the hints say that it was the same user. */
  readonly actor: string | undefined;
  /** Whether only a record that is stored already is meant, because the object's type does not tell its resource. */
  readonly onlyIfStored: boolean;
}

/** One account's part of a batch: its hints, and what there is to do for them, each thing once. */
export interface BatchPlan {
  readonly hints: readonly {
    readonly hint: WebhookHint;
    readonly meaning: HintMeaning;
    readonly keys: readonly string[];
  }[];
  readonly objects: ReadonlyMap<string, ObjectPlan>;
  /** Leases whose recent transactions are to be read, by the key of that work. */
  readonly leases: ReadonlyMap<string, { readonly id: string; readonly correlationId: string }>;
}

/** Works out what one account's hints ask for, with each object once however many hints name it. Pure. */
export function planBatch(hints: readonly WebhookHint[]): BatchPlan {
  const objects = new Map<string, ObjectPlan>();
  const leases = new Map<string, { id: string; correlationId: string }>();
  const planned = hints.map((hint) => {
    const meaning = meaningOf(hint);
    const { receivedAt, correlationId } = hint;
    const keys = meaning.targets.map(({ resource, id }) => {
      const key = `${resource.name}#${id}`;
      const before = objects.get(key);
      const isLatest = before === undefined || before.receivedAt <= receivedAt;
      objects.set(key, {
        resource,
        id,
        ids: isLatest ? { ...before?.ids, ...hint.ids } : { ...hint.ids, ...before.ids },
        receivedAt: isLatest ? receivedAt : before.receivedAt,
        correlationId: isLatest ? correlationId : before.correlationId,
        actor: before === undefined || before.actor === hint.userId ? hint.userId : undefined,
        onlyIfStored: meaning.targets.length > 1 && (before?.onlyIfStored ?? true),
      });
      return key;
    });
    if (meaning.leaseWithTransactions !== undefined) {
      const key = `transactions of lease ${meaning.leaseWithTransactions}`;
      leases.set(key, { id: meaning.leaseWithTransactions, correlationId });
      keys.push(key);
    }
    return { hint, meaning, keys };
  });
  return { hints: planned, objects, leases };
}
