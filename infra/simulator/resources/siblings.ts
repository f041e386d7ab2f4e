import { numberAt } from '../generator/wire-object.ts';
import type { Sibling, SimulatedResource } from './resource.ts';

/** The object that `key` of the row's object names. */
export const named =
  (resource: SimulatedResource, key: string = resource.idKey): Sibling =>
  (object, company) =>
    company.find(resource, numberAt(object, key));
