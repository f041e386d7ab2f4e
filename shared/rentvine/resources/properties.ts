import type { Resource } from '../resource.ts';
import { boolean, date, dateTime, id, number, object, text } from '../values.ts';

declare module '../resource.ts' {
  interface ResourceNames {
    readonly properties: true;
  }
}

export const properties: Resource<'properties'> = {
  name: 'properties',
  listPath: '/properties/export',
  onePath: '/properties/{id}',
  rowKey: 'property',
  idField: 'propertyId',
  read: object({
    propertyId: id,
    portfolioId: id,
    name: text,
    address: text,
    address2: text,
    city: text,
    stateId: id,
    postalCode: text,
    propertyTypeId: id,
    isMultiUnit: boolean,
    isActive: boolean,
    latitude: number,
    longitude: number,
    dateContractBegins: date,
    dateContractEnds: date,
    dateTimeCreated: dateTime,
    dateTimeModified: dateTime,
  }),
  siblings: {},
  idsFromSiblings: { portfolioId: 'portfolio' },
  changeFilter: { by: 'dateTimeModified' },
  activeOnly: { query: { isActive: '1' }, isActive: (data) => data.isActive !== false },
  incrementalMinutes: 15,
  webhookSubjects: ['property'],
  objectTypeId: '6',
};
