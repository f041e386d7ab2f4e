import { readAlarms } from '../../alarm-states.ts';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';

/** Which alarms ring now. */
export const alarms: Check = {
  name: 'alarm',
  async run({ platform }) {
    const all = await readAlarms(platform);
    if (all.length === 0) {
      const advice = `Deploy the monitoring stack: npm run deploy -- -c stage=${platform.stage}.`;
      return warn('there are none: nobody would be told of anything', advice);
    }
    const ringing = all.filter(({ state }) => state === 'ALARM');
    if (ringing.length === 0) return ok(`none of ${all.length} rings`);
    return ringing.map(({ name, severity, since, runbook }): Finding => {
      const say = severity === 'critical' ? fail : warn;
      return { ...say(`rings since ${since ?? 'an unknown time'}, ${severity}`, `See ${runbook}.`), subject: name };
    });
  },
};
