import * as z from 'zod';
import type { Resource } from '../resource.ts';
import { boolean, id, list, object, text } from '../values.ts';
import { contactSchema } from './contact.ts';

export const portfolios: Resource = {
  name: 'portfolios',
  listPath: '/portfolios/search',
  onePath: '/portfolios/{id}',
  oneQuery: { includes: 'owners,properties,posting,statementSetting,ledger' },
  rowKey: 'portfolio',
  idField: 'portfolioId',
  schema: object(
    { portfolioId: id(), name: text(), isActive: boolean(), contacts: list(z.union([contactSchema, z.unknown()])) },
    ['reserveAmount'],
  ),
  siblings: {},
  idsFromSiblings: {},
  incrementalMinutes: 60,
  webhookSubjects: ['portfolio'],
  objectTypeId: '11',
};
