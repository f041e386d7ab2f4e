import { leaseOfTenant, leaseState, tenantContactID } from '../generator/plan.ts';
import { contactResource } from './contact.ts';
import type { SimulatedResource } from './resource.ts';

export const tenants: SimulatedResource<'tenants'> = contactResource('tenants', 442, tenantContactID, (plan, index) => {
  const lease = leaseOfTenant(plan, index);
  return lease >= 0 && leaseState(plan, lease) !== 'closed';
});
