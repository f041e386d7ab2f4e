import { dayMs, isoDate, isoSecond } from '../generator/dates.ts';
import { at, pastYearMs } from '../generator/plan.ts';
import { between, randomFor } from '../generator/random.ts';
import { properties } from './properties.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';
import { units } from './units.ts';

export const inspections: SimulatedResource<'inspections'> = {
  name: 'inspections',
  rowKey: 'inspection',
  idKey: 'inspectionID',
  objectTypeID: 17,
  listPath: '/maintenance/inspections',
  onePath: '/maintenance/inspections/{inspectionID}',
  count: { small: 80, isActivity: true },
  needs: units,
  dates: 'modified',
  make(plan, index, count) {
    const random = randomFor(plan.seed, 91, index);
    const unit = between(random, 0, plan.counts.units - 1);
    const createdMs = pastYearMs(plan, 1 - (index + random()) / count);
    return {
      inspectionID: index + 1,
      inspectionTypeID: between(random, 1, 3),
      inspectionStatusID: between(random, 1, 3),
      propertyID: at(plan.propertyOfUnit, unit) + 1,
      unitID: unit + 1,
      assignedToUserID: between(random, 1, 8),
      scheduledDate: isoDate(createdMs + 14 * dayMs),
      dateTimeCreated: isoSecond(createdMs),
      dateTimeModified: isoSecond(Math.min(createdMs + 15 * dayMs, plan.nowMs - dayMs)),
    };
  },
  siblings: { property: named(properties), unit: named(units) },
  writes: { required: ['unitID'] },
  example: { inspectionStatusID: 3 },
};
