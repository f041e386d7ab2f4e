import { contactSummary } from '../generator/contacts.ts';
import { ownerContactID } from '../generator/plan.ts';
import { between, pick, randomFor } from '../generator/random.ts';
import { dollars, numberAt, objectsAt } from '../generator/wire-object.ts';
import { owners } from './owners.ts';
import type { SimulatedResource } from './resource.ts';

const stream = 31;

export const portfolios: SimulatedResource<'portfolios'> = {
  name: 'portfolios',
  rowKey: 'portfolio',
  idKey: 'portfolioID',
  objectTypeID: 11,
  listPath: '/portfolios/search',
  otherListPaths: ['/portfolios'],
  onePath: '/portfolios/{portfolioID}',
  count: { small: 12 },
  dates: 'none',
  make(plan, index) {
    const random = randomFor(plan.seed, stream, index);
    const count = plan.counts.owners;
    const first = count === 0 ? undefined : ownerContactID(index % count);
    const second = count > 1 && random() < 0.3 ? ownerContactID((index + 1) % count) : undefined;
    const ids = [first, second].filter((contactID) => contactID !== undefined);
    return {
      portfolioID: index + 1,
      name: `${pick(random, plan.pools.lastNames)} ${pick(random, ['Holdings', 'Family Trust', 'Homes', 'Rentals'])}`,
      isActive: random() > 0.05,
      reserveAmount: random() < 0.1 ? null : dollars(between(random, 0, 20) * 50_00),
      contacts: ids.map((contactID) => contactSummary(plan, contactID, 'owners')),
      fiscalYearEndMonth: 12,
      ...(random() < 0.1 ? { statementColor: '#3a6' } : {}),
    };
  },
  includes: {
    owners: (portfolio, company) =>
      objectsAt(portfolio, 'contacts')
        .map((contact) => company.find(owners, numberAt(contact, 'contactID')))
        .filter((owner) => owner !== undefined),
    ledger: (portfolio) => ({
      ledgerID: numberAt(portfolio, 'portfolioID') ?? null,
      name: portfolio.name ?? null,
      ledgerTypeID: 2,
    }),
    statementSetting: () => ({ dayOfMonth: 10, isEmailed: true }),
    posting: () => ({ isAutomatic: false }),
  },
  reveals: [
    {
      resource: owners,
      ids: (portfolio) => objectsAt(portfolio, 'contacts').map((contact) => numberAt(contact, 'contactID')),
    },
  ],
  example: { name: 'Renamed' },
};
