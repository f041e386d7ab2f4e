import { list, whereItFits } from '../reader.ts';
import type { Resource } from '../resource.ts';
import { boolean, id, object, text } from '../values.ts';
import { contact } from './contact.ts';

export const portfolios: Resource<'portfolios'> = {
  name: 'portfolios',
  listPath: '/portfolios/search',
  onePath: '/portfolios/{id}',
  oneQuery: { includes: 'owners,properties,posting,statementSetting,ledger' },
  rowKey: 'portfolio',
  idField: 'portfolioId',
  read: object({ portfolioId: id, name: text, isActive: boolean, contacts: list(whereItFits(contact)) }, [
    'reserveAmount',
  ]),
  siblings: {},
  idsFromSiblings: {},
  incrementalMinutes: 60,
  webhookSubjects: ['portfolio'],
  objectTypeId: '11',
};
