import type { ComponentChildren, VNode } from 'preact';
import type { AlarmView, ConsoleView, NotificationView } from '../view.ts';
import { ago, counted } from './format.tsx';
import { badge, button, nothing, section } from './sections.tsx';

/** What rings, why, and what to do about it; what does not ring is folded away. */
export function alarmsSection({ alarms, notifications }: ConsoleView): VNode {
  const ringing = alarms.filter(({ state }) => state === 'ALARM');
  const quiet = alarms.filter(({ state }) => state !== 'ALARM');
  return section(
    'alarms',
    'Alarms',
    {},
    ringing.length === 0 ? (
      nothing(alarms.length === 0 ? 'No alarm is defined.' : 'No alarm is ringing.')
    ) : (
      <ul class="alarms">{ringing.map(ringingAlarm)}</ul>
    ),
    <div class="folded">
      {quiet.length > 0 && (
        <details key="quiet">
          <summary>{counted(quiet.length, 'quiet alarm')}</summary>
          <ul class="quiet-alarms">{quiet.map(quietAlarm)}</ul>
        </details>
      )}
      <details key="notifications">
        <summary>{notificationSummary(notifications)}</summary>
        {notificationList(notifications)}
      </details>
    </div>,
  );
}

function ringingAlarm(alarm: AlarmView): VNode {
  return (
    <li class={`alarm alarm-${alarm.severity}`} key={alarm.name} data-alarm={alarm.name}>
      <div class="alarm-text">
        <p class="alarm-name">
          <strong>{alarm.name}</strong> {badge(alarm.severity === 'critical' ? 'bad' : 'warning', alarm.severity)}
          <span class="muted"> since {ago(alarm.since)}</span>
        </p>
        <p>{alarm.summary}</p>
        <p class="muted reason">{alarm.reason}</p>
      </div>
      {runbookButton(alarm, 'primary')}
    </li>
  );
}

const quietAlarm = (alarm: AlarmView): VNode => (
  <li key={alarm.name}>
    <div class="alarm-text">
      <p>
        <strong>{alarm.name}</strong> <span class="muted">{alarm.severity}</span>
      </p>
      <p class="muted">{alarm.summary}</p>
    </div>
    {runbookButton(alarm, '')}
  </li>
);

const runbookButton = ({ name, hasRunbook }: AlarmView, kind: 'primary' | ''): ComponentChildren =>
  hasRunbook && button('Runbook', { action: 'runbook', name }, { label: `Runbook of ${name}`, kind });

function notificationSummary(notifications: readonly NotificationView[]): string {
  const ringing = notifications.filter(({ state }) => state === 'ALARM').length;
  return `Told to people: ${counted(ringing, 'alarm')}, ${counted(notifications.length - ringing, 'all-clear')}`;
}

function notificationList(notifications: readonly NotificationView[]): ComponentChildren {
  if (notifications.length === 0) return nothing('Nobody was paged, written to or mailed.');
  return (
    <ol class="plain">
      {notifications.map(({ topic, alarm, state, at }) => (
        <li key={`${at}${alarm}${topic}`}>
          {badge(
            state === 'ALARM' ? (topic === 'critical' ? 'bad' : 'warning') : 'good',
            state === 'ALARM' ? 'rings' : 'all clear',
          )}{' '}
          <strong>{alarm}</strong>
          <span class="muted">
            {` to ${topic}, `}
            {ago(at)}
          </span>
        </li>
      ))}
    </ol>
  );
}
