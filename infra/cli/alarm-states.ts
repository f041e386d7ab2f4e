import { paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { Platform } from '../platform/platform.ts';

/** One alarm of a stage as it is now. */
export interface AlarmState {
  /** Without the stage's prefix: `stale-resource`. */
  readonly name: string;
  readonly state: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly severity: string;
  /** The article about it, in the working copy. */
  readonly runbook: string;
  /** ARNs of the SNS topics that it tells. */
  readonly topics: readonly string[];
}

const severities = ['critical', 'warning', 'business'] as const;

/** All alarms of a stage, the composite ones included, those that ring first. */
export async function readAlarms({ cloudwatch, prefix }: Platform): Promise<AlarmState[]> {
  const found: AlarmState[] = [];
  const pages = paginateDescribeAlarms(
    { client: cloudwatch },
    { AlarmNamePrefix: `${prefix}-`, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
  );
  for await (const { MetricAlarms: metric = [], CompositeAlarms: composite = [] } of pages) {
    for (const alarm of [...metric, ...composite]) {
      const name = (alarm.AlarmName ?? '').slice(prefix.length + 1);
      const topics = (alarm.AlarmActions ?? []).filter((arn) => arn.includes(':sns:'));
      const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
      found.push({
        name,
        state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
        ...(since !== undefined && { since: since.toISOString() }),
        severity: severityOf(alarm.AlarmDescription ?? '', topics),
        runbook: `infra/runbooks/${name}.md`,
        topics,
      });
    }
  }
  const rank = ({ state }: AlarmState): number => ['ALARM', 'INSUFFICIENT_DATA'].indexOf(state) + 1 || 3;
  return found.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** By its topic; one that only feeds a composite alarm has none, and says its severity in its description. */
function severityOf(description: string, topics: readonly string[]): string {
  const byTopic = severities.find((severity) => topics.some((arn) => arn.endsWith(`-${severity}`)));
  return byTopic ?? /severity:?\W*(critical|warning|business)/i.exec(description)?.[1]?.toLowerCase() ?? 'unknown';
}
