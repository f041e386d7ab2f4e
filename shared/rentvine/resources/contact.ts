import { contactFields } from '../contact-fields.ts';
import { anything, list } from '../reader.ts';
import type { Resource } from '../resource.ts';
import { boolean, id, object, text } from '../values.ts';

/** Tenants, owners and vendors share one shape: a contact. What is not on its list is dropped before it gets here. */
export const contact = object({
  contactId: id,
  contactTypeId: id,
  name: text,
  firstName: text,
  lastName: text,
  email: text,
  phone: text,
  emails: list(anything),
  phones: list(anything),
  isActive: boolean,
});

/** The entry of one kind of contact, listed at `/<name>/search`. */
export function contactResource<Name extends string>(name: Name, minutes: number): Resource<Name> {
  return {
    name,
    listPath: `/${name}/search`,
    onePath: `/${name}/{id}`,
    rowKey: 'contact',
    idField: 'contactId',
    read: contact,
    keeps: contactFields,
    siblings: {},
    idsFromSiblings: {},
    incrementalMinutes: minutes,
    webhookSubjects: [],
    objectTypeId: '3',
  };
}
