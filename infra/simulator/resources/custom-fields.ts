import type { SimulatedResource } from './resource.ts';

const fields = [
  { name: 'Gate code', customFieldCategoryObjectTypeID: 6 },
  { name: 'Last renewal date', customFieldCategoryObjectTypeID: 4 },
  { name: 'Filter size', customFieldCategoryObjectTypeID: 7 },
];

/** What a company has added to its objects; values are written by POST to `/custom-fields/values`. */
export const customFields: SimulatedResource<'customFields'> = {
  name: 'customFields',
  rowKey: 'customField',
  idKey: 'customFieldID',
  listPath: '/custom-fields',
  count: { always: fields.length },
  dates: 'none',
  make: (_, index) => ({
    customFieldID: index + 1,
    customFieldCategoryID: index + 1,
    customFieldTypeID: 1,
    name: 'Other',
    ...fields[index],
  }),
  example: { name: 'Renamed' },
};
