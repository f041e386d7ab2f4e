import { vendorContactID } from '../generator/plan.ts';
import { contactResource } from './contact.ts';
import type { SimulatedResource } from './resource.ts';

const contacts = contactResource('vendors', 25, vendorContactID);

export const vendors: SimulatedResource<'vendors'> = {
  ...contacts,
  make: (plan, index) => ({ ...contacts.make(plan, index), code: `V-${String(index + 1).padStart(4, '0')}` }),
  onlyInSingle: ['code'],
};
