import * as z from 'zod';
import type { Resource, ResourceName } from '../resource.ts';
import { boolean, id, list, object, text } from '../values.ts';

/** Tenants, owners and vendors share one shape: a contact. Its personal fields are dropped before it gets here. */
export const contactSchema = object({
  contactId: id(),
  contactTypeId: id(),
  name: text(),
  firstName: text(),
  lastName: text(),
  email: text(),
  phone: text(),
  emails: list(z.unknown()),
  phones: list(z.unknown()),
  isActive: boolean(),
});

/** The entry of one kind of contact, listed at `/<name>/search`. */
export function contactResource(name: ResourceName & ('tenants' | 'owners' | 'vendors'), minutes: number): Resource {
  return {
    name,
    listPath: `/${name}/search`,
    onePath: `/${name}/{id}`,
    rowKey: 'contact',
    idField: 'contactId',
    schema: contactSchema,
    siblings: {},
    idsFromSiblings: {},
    incrementalMinutes: minutes,
    webhookSubjects: [],
    objectTypeId: '3',
  };
}
