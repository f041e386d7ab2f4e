import type { Notification } from '../local/cloudwatch/alarms.ts';

/**
 * Tells of what alarms send to topics: that one rings, and that it is over. What an alarm says when it is evaluated for the
 * first time and all is well is no news.
 */
export function notificationTeller(tell: (line: string) => void): (notification: Notification) => void {
  const ringing = new Set<string>();
  return ({ topic, alarmName, state, at }) => {
    const time = at.toISOString().slice(11, 19);
    if (state === 'ALARM') {
      ringing.add(alarmName);
      tell(`${time} ALARM ${alarmName}, sent to ${topic}`);
    } else if (ringing.delete(alarmName)) {
      tell(`${time} ${alarmName} is over, sent to ${topic}`);
    }
  };
}
