import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LocalStack } from '../../local/start.ts';
import type { AlarmView, NotificationView } from '../view.ts';

const runbooks = fileURLToPath(new URL('../../runbooks/', import.meta.url));
const maxNotifications = 50;

/** Where an alarm's article is. */
export const runbookFile = (name: string): string => `${runbooks}${name}.md`;

/** The stack's alarms, the gravest first, and of those the ones that began last. */
export function collectAlarms(stack: Pick<LocalStack, 'alarms'>, prefix: string): AlarmView[] {
  return stack
    .alarms()
    .map(({ name: physicalName, description, state, since, reason, severity = 'warning' }): AlarmView => {
      const name = shortName(physicalName, prefix);
      return {
        name,
        state,
        severity,
        since: since.toISOString(),
        reason,
        // The first sentence is what it means; links and names follow.
        summary: description.split('\n')[0] ?? '',
        hasRunbook: existsSync(runbookFile(name)),
      };
    })
    .sort((a, b) => gravity(a) - gravity(b) || b.since.localeCompare(a.since) || a.name.localeCompare(b.name));
}

const gravity = ({ severity }: AlarmView): number => ['critical', 'warning', 'business'].indexOf(severity);

/**
 * What alarms told people, the latest first. What one says when it is evaluated for the first time and all is well is no news.
 */
export function collectNotifications(stack: Pick<LocalStack, 'notifications'>, prefix: string): NotificationView[] {
  const ringing = new Set<string>();
  const news = stack.notifications().filter(({ alarmName, state }) => {
    if (state !== 'ALARM') return ringing.delete(alarmName);
    ringing.add(alarmName);
    return true;
  });
  return news
    .slice(-maxNotifications)
    .map(({ topic, alarmName, state, at }) => ({
      topic: shortName(topic, prefix),
      alarm: shortName(alarmName, prefix),
      state,
      at: at.toISOString(),
    }))
    .reverse();
}

const shortName = (name: string, prefix: string): string =>
  name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : name;
