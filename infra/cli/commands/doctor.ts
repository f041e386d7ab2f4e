import { ConfigurationError } from '../../../shared/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { command } from '../command.ts';
import { allChecks } from '../doctor/all-checks.ts';
import { fail } from '../doctor/check.ts';
import { doctorContext } from '../doctor/context.ts';
import { type Line, runChecks } from '../doctor/run-checks.ts';
import { say } from '../say.ts';

const labels = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;
const nameWidth = 26;

const show = ({ status, name, found, advice }: Line): void => {
  say(`${labels[status]}  ${name.padEnd(nameWidth)}  ${found}`);
  if (advice !== undefined && status !== 'ok') say(`${' '.repeat(nameWidth + 8)}→ ${advice}`);
};

export const doctor = command({
  name: 'doctor',
  help: 'Looks at everything that has to work, says what does not, and what to do about it.',
  options: {},
  async run({ options: { account, json }, platform, print }) {
    const lines = await examine(platform, account, json ? () => undefined : show);
    const count = (status: Line['status']) => lines.filter((line) => line.status === status).length;
    print(lines, () => `\n${count('ok')} ok, ${count('warn')} to know, ${count('fail')} to mend.`);
    return count('fail') === 0 ? 0 : 1;
  },
});

async function examine(
  connect: () => Platform,
  account: string | undefined,
  tell: (line: Line) => void,
): Promise<Line[]> {
  let platform: Platform;
  try {
    platform = connect();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const advice = 'Start one with npm start, or name a deployed one with --stage.';
    const line = { name: 'stack', ...fail(error.message, advice) };
    tell(line);
    return [line];
  }
  return runChecks(allChecks, doctorContext(platform, account), tell);
}
