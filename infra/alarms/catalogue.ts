import type { AlarmDefinition, MetricAlarmDefinition } from './alarm-definition.ts';
import { criticalAlarms } from './critical-alarms.ts';
import { allInStage, ownMetric } from './metric-ref.ts';
import { pipelineAlarms } from './pipeline-alarms.ts';
import type { PlatformNames } from './platform-names.ts';
import { warningAlarms } from './warning-alarms.ts';

/** The reporter comes by a few times a day; in between the state stays as it is. */
const vacancy: MetricAlarmDefinition = {
  name: 'vacancy',
  kind: 'metric',
  severity: 'business',
  meaning: "More than 15 % of an account's units are vacant.",
  dashboard: 'business',
  metrics: { rate: ownMetric('business-reporter', 'HighestVacancyRate', 'Maximum') },
  comparison: '>',
  threshold: 15,
  periodSeconds: 3600,
  datapoints: { breaching: 1, of: 1 },
  missing: 'ignore',
};

/** Every alarm of a stage. The monitoring stack makes these and no others. */
export const alarmCatalogue = (names: PlatformNames): readonly AlarmDefinition[] =>
  [...criticalAlarms(names), ...pipelineAlarms(names), ...warningAlarms(names), vacancy].map((definition) =>
    definition.kind === 'metric' ? { ...definition, metrics: allInStage(definition.metrics, names.stage) } : definition,
  );
