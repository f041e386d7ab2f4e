import { paginateListSchedules } from '@aws-sdk/client-scheduler';
import { resourceSchedules } from '../../../resource-schedules.ts';
import { type Check, fail, ok, warn } from '../check.ts';

/** Whether the schedules tick. */
export const schedules: Check = {
  name: 'schedules',
  async run({ platform, settings }) {
    if (platform.isLocal) {
      const all = resourceSchedules(settings());
      return ok(`${all.filter(({ isScheduled }) => isScheduled).length} of ${all.length} resources are scheduled`);
    }
    const states: string[] = [];
    const off: string[] = [];
    const pages = paginateListSchedules({ client: platform.scheduler }, { GroupName: `${platform.prefix}-rentvine` });
    for await (const { Schedules: page = [] } of pages) {
      for (const { Name: name = '', State: state = '' } of page) {
        states.push(state);
        if (state !== 'ENABLED') off.push(name);
      }
    }
    if (states.length === 0) {
      return fail('there are none', `Deploy the core stack: npm run deploy -- -c stage=${platform.stage}.`);
    }
    if (off.length === 0) return ok(`all ${states.length} are enabled`);
    const advice = 'If that is not meant so, take "enabled": false out of "schedules" in cdk.json and deploy.';
    return warn(`${off.length} of ${states.length} are off: ${off.join(', ')}`, advice);
  },
};
