import type { WireObject } from '../generator/wire-object.ts';
import type { ResourceName } from '../resources/catalogue.ts';
import { type Answer, notFound } from '../server/answer.ts';
import type { Endpoint, EndpointCall } from './endpoint.ts';

/** A POST that sets fields of one object and answers it. */
const setting =
  (resource: ResourceName, idKey: string, fields: WireObject) =>
  (call: EndpointCall): Answer => {
    const id = Number(call.parameters[idKey]);
    if (call.account.world.get(resource, id) === undefined) return notFound();
    call.account.world.update(resource, id, fields);
    return call.served(resource, id);
  };

export const actions: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/accounting/bills/{billID}/approve',
    answer: setting('bills', 'billID', { isApproved: true }),
  },
  {
    method: 'POST',
    path: '/properties/{propertyID}/activate',
    answer: setting('properties', 'propertyID', { isActive: true }),
  },
  {
    method: 'POST',
    path: '/properties/{propertyID}/deactivate',
    answer: setting('properties', 'propertyID', { isActive: false }),
  },
];
