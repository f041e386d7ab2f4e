import { contact } from '../generator/contacts.ts';
import type { Plan } from '../generator/plan.ts';
import type { SimulatedResource } from './resource.ts';

type ContactName = 'tenants' | 'owners' | 'vendors';

/** What tenants, owners and vendors share: one shape, one series of ids, listed at `/<name>/search`. */
export function contactResource<Name extends ContactName>(
  name: Name,
  small: number,
  idOf: (plan: Plan, index: number) => number,
  isActive: (plan: Plan, index: number) => boolean = () => true,
) {
  return {
    name,
    rowKey: 'contact',
    idKey: 'contactID',
    objectTypeID: 3,
    listPath: `/${name}/search`,
    otherListPaths: [`/${name}`],
    onePath: `/${name}/{contactID}`,
    count: { small },
    dates: 'none',
    make: (plan, index) => contact(plan, idOf(plan, index), name, isActive(plan, index)),
    example: { phone: '(212) 555-0199' },
  } satisfies SimulatedResource<Name>;
}
