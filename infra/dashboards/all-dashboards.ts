import type { PlatformNames } from '../alarms/platform-names.ts';
import { business } from './business.ts';
import type { Dashboard } from './dashboard.ts';
import { overview } from './overview.ts';
import { rentvine } from './rentvine.ts';
import { sync } from './sync.ts';
import { webhooks } from './webhooks.ts';

/** What CloudWatch's and Grafana's dashboards are both made of. */
export const allDashboards = (names: PlatformNames): readonly Dashboard[] => [
  overview(names),
  sync(names),
  webhooks(names),
  rentvine(),
  business(),
];
