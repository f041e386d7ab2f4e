import { contains, flag } from './filters.ts';
import { portfolios } from './portfolios.ts';
import { properties, property } from './properties.ts';
import type { SimulatedResource } from './resource.ts';

/** One for every portfolio, whose number it has, and then one for every property. */
export const ledgers: SimulatedResource<'ledgers'> = {
  name: 'ledgers',
  rowKey: 'ledger',
  idKey: 'ledgerID',
  listPath: '/accounting/ledgers/search',
  otherListPaths: ['/accounting/ledgers'],
  onePath: '/accounting/ledgers/{ledgerID}',
  count: (of) => of(portfolios) + of(properties),
  dates: 'none',
  make(plan, index) {
    const { portfolios: portfolioCount } = plan.counts;
    const isPortfolio = index < portfolioCount;
    const owner = isPortfolio ? portfolios.make(plan, index, portfolioCount) : property(plan, index - portfolioCount);
    return {
      ledgerID: index + 1,
      name: owner.name ?? '',
      ledgerTypeID: isPortfolio ? 2 : 3,
      objectTypeID: isPortfolio ? 11 : 6,
      objectID: isPortfolio ? index + 1 : index - portfolioCount + 1,
      isActive: true,
      ...(isPortfolio ? {} : { propertyID: index - portfolioCount + 1 }),
    };
  },
  filters: { search: contains('name'), isActive: flag('isActive') },
  example: { name: 'Renamed' },
};
