import { ConfigurationError } from '../../../shared/errors.ts';
import type { Command, Values } from '../command.ts';
import { connect, type Platform } from '../connect.ts';
import { allChecks } from '../doctor/all-checks.ts';
import { fail } from '../doctor/check.ts';
import { doctorContext } from '../doctor/context.ts';
import { type Line, runChecks } from '../doctor/run-checks.ts';

const labels = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;
const nameWidth = 26;

const show = ({ status, name, found, advice }: Line): void => {
  console.log(`${labels[status]}  ${name.padEnd(nameWidth)}  ${found}`);
  if (advice !== undefined && status !== 'ok') console.log(`${' '.repeat(nameWidth + 8)}→ ${advice}`);
};

export const doctor: Command = {
  name: 'doctor',
  help: 'Looks at everything that has to work, says what does not, and what to do about it.',
  options: {},
  async run(values) {
    const tell = values.json === true ? () => undefined : show;
    const lines = await examine(values, tell);
    const count = (status: Line['status']) => lines.filter((line) => line.status === status).length;
    if (values.json === true) console.log(JSON.stringify(lines));
    else console.log(`\n${count('ok')} ok, ${count('warn')} to know, ${count('fail')} to mend.`);
    return count('fail') === 0 ? 0 : 1;
  },
};

async function examine(values: Values, tell: (line: Line) => void): Promise<Line[]> {
  let platform: Platform;
  try {
    platform = connect(values);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const line = {
      name: 'stack',
      ...fail(error.message, 'Start one with npm start, or name a deployed one with --stage.'),
    };
    tell(line);
    return [line];
  }
  const account = typeof values.account === 'string' ? values.account : undefined;
  return runChecks(allChecks, doctorContext(platform, { account }), tell);
}
