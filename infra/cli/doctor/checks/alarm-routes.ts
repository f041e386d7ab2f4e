import { paginateListSubscriptionsByTopic } from '@aws-sdk/client-sns';
import { readAlarms } from '../../alarm-states.ts';
import { type Check, type Finding, ok, warn } from '../check.ts';

/** Whether somebody hears the alarms. */
export const alarmRoutes: Check = {
  name: 'route',
  async run({ platform }) {
    if (platform.isLocal) return ok('alarms of this machine are shown, and sent to nobody');
    const all = await readAlarms(platform);
    const topics = [...new Set(all.flatMap(({ topics: own }) => own))].sort();
    return Promise.all(
      topics.map(async (TopicArn): Promise<Finding> => {
        let confirmed = 0;
        for await (const { Subscriptions: page = [] } of paginateListSubscriptionsByTopic(
          { client: platform.sns },
          { TopicArn },
        )) {
          confirmed += page.filter(({ SubscriptionArn: arn = '' }) => arn.startsWith('arn:')).length;
        }
        const subject = TopicArn.split(':').at(-1) ?? TopicArn;
        if (confirmed > 0)
          return { ...ok(`${confirmed} confirmed ${confirmed === 1 ? 'subscription' : 'subscriptions'}`), subject };
        const advice =
          'Set a route under "monitoring" in cdk.json and deploy; a mail address has to be confirmed as well.';
        return { ...warn('has no confirmed subscription: nobody hears it', advice), subject };
      }),
    );
  },
};
