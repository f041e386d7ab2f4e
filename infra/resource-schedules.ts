import type { ResourceSchedule } from '../shared/health/resource-schedules.ts';
import { type ResourceName, resources } from '../shared/rentvine/resources/catalogue.ts';
import type { Settings } from './settings.ts';

/** How each resource of the table is read, as the settings have it; the same for the schedules and for who watches them. */
export const resourceSchedules = ({
  schedules,
}: Settings): (ResourceSchedule & { readonly resource: ResourceName })[] =>
  resources.map(({ name, incrementalMinutes }) => ({
    resource: name,
    intervalMinutes: schedules[name]?.incrementalMinutes ?? incrementalMinutes,
    isScheduled: schedules[name]?.enabled ?? true,
  }));
