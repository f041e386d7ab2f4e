import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { SqsError as SqsErrorType } from '../../../node_modules/fauxqs/dist/common/errors.d.ts';
import type { PersistenceManager } from '../../../node_modules/fauxqs/dist/persistence.d.ts';
import type { SnsStore } from '../../../node_modules/fauxqs/dist/sns/snsStore.d.ts';
import type { SqsStore as SqsStoreType } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.d.ts';

export type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.d.ts';
export type { SqsMessage } from '../../../node_modules/fauxqs/dist/sqs/sqsTypes.d.ts';

/**
 * The one place that reaches into fauxqs. It exports a server alone, which listens on a port of its own; with that a
 * message would cross two servers, event source mappings would have to poll, and there would be no way to hand out after a
 * restart what had been in flight, nor to know since when a message is on a dead-letter queue. All names below are checked
 * against the types of the installed version.
 */
const require = createRequire(import.meta.url);
const load = (file: string) => require(join(dirname(findPackageJSON('fauxqs', import.meta.url) ?? ''), 'dist', file));

export type SqsStore = SqsStoreType;
export const { SqsStore }: { SqsStore: new () => SqsStoreType } = load('sqs/sqsStore.js');
export const { SqsError }: { SqsError: typeof SqsErrorType } = load('common/errors.js');

type Action = (body: Record<string, unknown>, store: SqsStoreType, request: { headers: object }) => unknown;

/** The operations that clients of the templates' queues use. */
export const sqsActions: ReadonlyMap<string, Action> = new Map(
  [
    'GetQueueUrl',
    'GetQueueAttributes',
    'SendMessage',
    'SendMessageBatch',
    'ReceiveMessage',
    'DeleteMessage',
    'DeleteMessageBatch',
    'ChangeMessageVisibility',
  ].map((operation) => {
    const name = operation.charAt(0).toLowerCase() + operation.slice(1);
    return [operation, load(`sqs/actions/${name}.js`)[name]] as const;
  }),
);

/** Loads what an earlier process left in `dataDir` into `store`, and has it keep everything there from now on. */
export function persist(store: SqsStoreType, dataDir: string, urlBase: string): { close(): void } {
  const manager: { PersistenceManager: new (dataDir: string) => PersistenceManager } = load('persistence.js');
  const persistence = new manager.PersistenceManager(dataDir);
  const db: DatabaseSync = Reflect.get(persistence, 'db');
  // The write-ahead log survives the death of the process without a sync to disk at every message.
  db.exec('PRAGMA synchronous = NORMAL');
  // Whoever had received these messages is gone.
  db.exec('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL');
  db.prepare("UPDATE sqs_queues SET url = ? || '/' || name").run(urlBase);
  // fauxqs would also clear the receive count, which its own schema forbids.
  const makeReady = db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => void makeReady.run(messageId);

  const { SnsStore }: { SnsStore: new () => SnsStore } = load('sns/snsStore.js');
  persistence.loadSqsAndSns(store, new SnsStore());
  store.persistence = persistence;
  for (const queue of store.allQueues()) queue.persistence = persistence;
  return persistence;
}
