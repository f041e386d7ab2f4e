import { PlatformError } from '../../shared/errors.ts';
import { runCommand } from './command.ts';
import { alarmsCommand } from './commands/alarms.ts';
import { dlqDiscard, dlqList, dlqRedrive, dlqShow } from './commands/dead-letters.ts';
import { doctor } from './commands/doctor.ts';
import { recordsExport, recordsGet, recordsList } from './commands/records.ts';
import { quarantineList, syncApprove, syncRun, syncStatus } from './commands/sync.ts';
import { webhookDiagnose, webhookSend } from './commands/webhook.ts';

const commands = [
  syncRun,
  syncStatus,
  syncApprove,
  recordsList,
  recordsGet,
  recordsExport,
  quarantineList,
  dlqList,
  dlqShow,
  dlqRedrive,
  dlqDiscard,
  webhookSend,
  webhookDiagnose,
  doctor,
  alarmsCommand,
];

try {
  process.exitCode = await runCommand(commands, process.argv.slice(2));
} catch (error) {
  if (!(error instanceof PlatformError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
