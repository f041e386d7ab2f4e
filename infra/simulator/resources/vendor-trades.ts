import type { SimulatedResource } from './resource.ts';

const trades = ['Plumbing', 'Electrical', 'Heating', 'Cleaning', 'Painting', 'Roofing', 'Landscaping', 'Pest Control'];
const more = ['Flooring', 'Appliances', 'Locks', 'General'];

export const vendorTrades: SimulatedResource<'vendorTrades'> = {
  name: 'vendorTrades',
  rowKey: 'vendorTrade',
  idKey: 'vendorTradeID',
  listPath: '/maintenance/vendor-trades',
  onePath: '/maintenance/vendor-trades/{vendorTradeID}',
  count: { always: trades.length + more.length },
  dates: 'none',
  make: (_, index) => ({ vendorTradeID: index + 1, name: [...trades, ...more][index] ?? 'Other' }),
  writes: { required: ['name'] },
  example: { name: 'Renamed' },
};
