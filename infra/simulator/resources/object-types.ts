import type { SimulatedResource } from './resource.ts';

/** Kinds of objects by Rentvine's number, as far as the other resources here have one. */
const names: readonly (readonly [objectTypeID: number, name: string])[] = [
  [1, 'Account'],
  [2, 'User'],
  [3, 'Contact'],
  [4, 'Lease'],
  [5, 'Bill'],
  [6, 'Property'],
  [7, 'Unit'],
  [9, 'Accounting Transaction'],
  [10, 'Accounting Transaction Entry'],
  [11, 'Portfolio'],
  [16, 'Work Order'],
  [17, 'Inspection'],
  [20, 'Application'],
  [32, 'File Attachment'],
];

export const objectTypes: SimulatedResource<'objectTypes'> = {
  name: 'objectTypes',
  rowKey: 'objectType',
  idKey: 'objectTypeID',
  listPath: '/object-types',
  count: { always: names.length },
  dates: 'none',
  make(_, index) {
    const [objectTypeID = index + 1, name = 'Other'] = names[index] ?? [];
    return { objectTypeID, name };
  },
  example: { name: 'Renamed' },
};
