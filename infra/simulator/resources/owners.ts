import { ownerContactID } from '../generator/plan.ts';
import { contactResource } from './contact.ts';
import type { SimulatedResource } from './resource.ts';

export const owners: SimulatedResource<'owners'> = {
  ...contactResource('owners', 20, (_, index) => ownerContactID(index)),
  // An e-mail address was saved neither with a new owner nor later, both times with a 200.
  writes: { required: ['name'], ignored: ['email'], ignoredOnCreate: ['email'] },
};
