import { objectsAt, type WireValue } from '../generator/wire-object.ts';
import { resources } from '../resources/catalogue.ts';
import { jsonAnswer, notFound } from '../server/answer.ts';
import { InvalidRequest } from '../server/field-errors.ts';
import { type Endpoint, fieldsOf } from './endpoint.ts';

/** Writes values of custom fields, by their ids: `{"3": "2026-11-22"}`. */
export const customFieldValues: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/custom-fields/values/{objectTypeID}/{objectID}',
    answer({ account: { world }, parameters, body }) {
      const typeID = Number(parameters.objectTypeID);
      const id = Number(parameters.objectID);
      const resource = resources.find(({ name, objectTypeID }) => objectTypeID === typeID && world.get(name, id));
      const object = resource && world.get(resource.name, id);
      if (resource === undefined || object === undefined) return notFound();
      const values = new Map<WireValue, WireValue>(
        objectsAt(object, 'customFieldValues').map(({ customFieldID = null, value = null }) => [customFieldID, value]),
      );
      for (const [key, value] of Object.entries(fieldsOf(body)).filter(([name]) => /^\d+$/.test(name))) {
        const field = world.get('customFields', Number(key));
        if (field === undefined || field.customFieldCategoryObjectTypeID !== typeID) {
          throw new InvalidRequest(key, 'Custom field is Invalid');
        }
        values.set(Number(key), value);
      }
      const customFieldValues = [...values].map(([customFieldID, value]) => ({ customFieldID, value }));
      world.update(resource.name, id, { customFieldValues });
      return jsonAnswer(200, { customFieldValues });
    },
  },
];
