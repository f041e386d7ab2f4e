import type { AlarmView, ConsoleView, NotificationView } from '../view.ts';
import { type Child, h } from './dom.ts';
import { ago, counted } from './format.ts';
import { badge, button, nothing, section } from './sections.ts';

/** What rings, why, and what to do about it; what does not ring is folded away. */
export function alarmsSection({ alarms, notifications }: ConsoleView): HTMLElement {
  const ringing = alarms.filter(({ state }) => state === 'ALARM');
  const quiet = alarms.filter(({ state }) => state !== 'ALARM');
  return section(
    'alarms',
    'Alarms',
    {},
    ringing.length === 0
      ? nothing(alarms.length === 0 ? 'No alarm is defined.' : 'No alarm is ringing.')
      : h('ul', { class: 'alarms' }, ...ringing.map(ringingAlarm)),
    h(
      'div',
      { class: 'folded' },
      quiet.length > 0 &&
        h(
          'details',
          { 'data-key': 'quiet' },
          h('summary', {}, counted(quiet.length, 'quiet alarm')),
          h('ul', { class: 'quiet-alarms' }, ...quiet.map(quietAlarm)),
        ),
      h(
        'details',
        { 'data-key': 'notifications' },
        h('summary', {}, notificationSummary(notifications)),
        notificationList(notifications),
      ),
    ),
  );
}

function ringingAlarm(alarm: AlarmView): HTMLElement {
  return h(
    'li',
    { class: `alarm alarm-${alarm.severity}`, 'data-key': alarm.name, 'data-alarm': alarm.name },
    h(
      'div',
      { class: 'alarm-text' },
      h(
        'p',
        { class: 'alarm-name' },
        h('strong', {}, alarm.name),
        ' ',
        badge(alarm.severity === 'critical' ? 'bad' : 'warning', alarm.severity),
        h('span', { class: 'muted' }, ' since ', ago(alarm.since)),
      ),
      h('p', {}, alarm.summary),
      h('p', { class: 'muted reason' }, alarm.reason),
    ),
    runbookButton(alarm, 'primary'),
  );
}

const quietAlarm = (alarm: AlarmView): HTMLElement =>
  h(
    'li',
    { 'data-key': alarm.name },
    h(
      'div',
      { class: 'alarm-text' },
      h('p', {}, h('strong', {}, alarm.name), ' ', h('span', { class: 'muted' }, alarm.severity)),
      h('p', { class: 'muted' }, alarm.summary),
    ),
    runbookButton(alarm, ''),
  );

const runbookButton = ({ name, hasRunbook }: AlarmView, kind: 'primary' | ''): Child =>
  hasRunbook && button('Runbook', { action: 'runbook', name }, { label: `Runbook of ${name}`, kind });

function notificationSummary(notifications: readonly NotificationView[]): string {
  const ringing = notifications.filter(({ state }) => state === 'ALARM').length;
  return `Told to people: ${counted(ringing, 'alarm')}, ${counted(notifications.length - ringing, 'all-clear')}`;
}

function notificationList(notifications: readonly NotificationView[]): Child {
  if (notifications.length === 0) return nothing('Nobody was paged, written to or mailed.');
  return h(
    'ol',
    { class: 'plain' },
    ...notifications.map(({ topic, alarm, state, at }) =>
      h(
        'li',
        { 'data-key': `${at}${alarm}${topic}` },
        badge(
          state === 'ALARM' ? (topic === 'critical' ? 'bad' : 'warning') : 'good',
          state === 'ALARM' ? 'rings' : 'all clear',
        ),
        ' ',
        h('strong', {}, alarm),
        h('span', { class: 'muted' }, ` to ${topic}, `, ago(at)),
      ),
    ),
  );
}
