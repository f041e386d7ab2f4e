import { between, randomFor } from '../generator/random.ts';
import { dollars } from '../generator/wire-object.ts';
import { contains } from './filters.ts';
import type { SimulatedResource } from './resource.ts';

const names = ['Supply line', 'Air filter', 'Smoke alarm', 'Door lock', 'Light bulb', 'Wax ring', 'Thermostat'];

/** The price book. A name may be used once. */
export const materials: SimulatedResource<'materials'> = {
  name: 'materials',
  rowKey: 'material',
  idKey: 'materialID',
  listPath: '/maintenance/materials',
  onePath: '/maintenance/materials/{materialID}',
  count: { always: names.length },
  dates: 'none',
  make(plan, index) {
    const cents = between(randomFor(plan.seed, 93, index), 3, 90) * 100;
    return {
      materialID: index + 1,
      name: names[index % names.length] ?? '',
      upc: String(index).padStart(12, '0'),
      purchasePrice: dollars(cents),
      sellPrice: dollars(cents * 1.5),
    };
  },
  filters: { search: contains('name') },
  writes: {
    required: ['name'],
    check: (fields, company): Readonly<Record<string, string>> =>
      company.every(materials).some(({ name }) => name === fields.name) ? { name: 'Name has been taken' } : {},
  },
  example: { name: 'Renamed' },
};
