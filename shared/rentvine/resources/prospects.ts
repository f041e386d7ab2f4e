import { contactFieldsAnd } from '../contact-fields.ts';
import { anything, list } from '../reader.ts';
import type { Resource } from '../resource.ts';
import { boolean, date, dateTime, id, object, text } from '../values.ts';

/** Somebody who asks about a unit. Persons too: what is not on their list is dropped. */
export const prospects: Resource<'prospects'> = {
  name: 'prospects',
  listPath: '/screening/prospects',
  rowKey: 'prospect',
  idField: 'prospectId',
  read: object({
    prospectId: id,
    propertyId: id,
    unitId: id,
    name: text,
    firstName: text,
    lastName: text,
    email: text,
    phone: text,
    emails: list(anything),
    phones: list(anything),
    isActive: boolean,
    moveInDate: date,
    dateTimeCreated: dateTime,
    dateTimeModified: dateTime,
  }),
  keeps: contactFieldsAnd(
    `prospectStatus prospectStatusId source sourceId sourceName prospectSourceId leadSourceId desiredMoveInDate
     assignedToUserId beds baths minRent maxRent`,
  ),
  siblings: {},
  idsFromSiblings: { propertyId: 'property', unitId: 'unit' },
  changeFilter: { by: 'dateTimeModified' },
  incrementalMinutes: 15,
  webhookSubjects: [],
};
