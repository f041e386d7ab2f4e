import type { Resource } from '../resource.ts';
import { dateTime, id, object } from '../values.ts';

export const applications: Resource<'applications'> = {
  name: 'applications',
  listPath: '/screening/applications/export',
  onePath: '/screening/applications/{id}',
  rowKey: 'application',
  idField: 'applicationId',
  read: object({
    applicationId: id,
    applicationStatusId: id,
    propertyId: id,
    unitId: id,
    dateTimeCreated: dateTime,
    dateTimeModified: dateTime,
  }),
  siblings: {},
  idsFromSiblings: { propertyId: 'property', unitId: 'unit' },
  changeFilter: { by: 'dateTimeModified' },
  incrementalMinutes: 15,
  webhookSubjects: ['application'],
  objectTypeId: '20',
};
