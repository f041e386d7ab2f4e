import type { Command } from './command.ts';
import { accountPause } from './commands/account-pause.ts';
import { accountRemove } from './commands/account-remove.ts';
import { accountResume } from './commands/account-resume.ts';
import { alarmsCommand } from './commands/alarms.ts';
import { contract } from './commands/contract.ts';
import { dlqDiscard } from './commands/dlq-discard.ts';
import { dlqList } from './commands/dlq-list.ts';
import { dlqRedrive } from './commands/dlq-redrive.ts';
import { dlqShow } from './commands/dlq-show.ts';
import { doctor } from './commands/doctor.ts';
import { figures } from './commands/figures.ts';
import { quarantineList } from './commands/quarantine-list.ts';
import { recordsExport } from './commands/records-export.ts';
import { recordsGet } from './commands/records-get.ts';
import { recordsList } from './commands/records-list.ts';
import { schema } from './commands/schema.ts';
import { syncApprove } from './commands/sync-approve.ts';
import { syncRun } from './commands/sync-run.ts';
import { syncStatus } from './commands/sync-status.ts';
import { webhookDiagnose } from './commands/webhook-diagnose.ts';
import { webhookMoveKeys } from './commands/webhook-move-keys.ts';
import { webhookSend } from './commands/webhook-send.ts';
import { webhookUnknown } from './commands/webhook-unknown.ts';

/** What `npm run ops` can do, in the order of its help. */
export const commands: readonly Command[] = [
  syncRun,
  syncStatus,
  syncApprove,
  recordsList,
  recordsGet,
  recordsExport,
  quarantineList,
  schema,
  figures,
  dlqList,
  dlqShow,
  dlqRedrive,
  dlqDiscard,
  webhookSend,
  webhookDiagnose,
  webhookMoveKeys,
  webhookUnknown,
  accountPause,
  accountResume,
  accountRemove,
  doctor,
  contract,
  alarmsCommand,
];
