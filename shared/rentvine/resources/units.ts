import type { Resource } from '../resource.ts';
import { boolean, dateTime, id, number, object, text } from '../values.ts';

export const units: Resource<'units'> = {
  name: 'units',
  listPath: '/properties/units/export',
  onePath: '/properties/{propertyId}/units/{id}',
  rowKey: 'unit',
  idField: 'unitId',
  read: object(
    {
      unitId: id,
      propertyId: id,
      name: text,
      address: text,
      address2: text,
      city: text,
      stateId: id,
      postalCode: text,
      beds: number,
      fullBaths: number,
      halfBaths: number,
      size: number,
      isActive: boolean,
      isVacant: boolean,
      leaseId: id,
      dateTimeModified: dateTime,
    },
    ['rent'],
  ),
  siblings: {},
  idsFromSiblings: { propertyId: 'property' },
  changeFilter: { by: 'dateTimeModified' },
  incrementalMinutes: 15,
  webhookSubjects: ['unit'],
  objectTypeId: '7',
};
