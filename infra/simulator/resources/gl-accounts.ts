import { flag } from './filters.ts';
import type { SimulatedResource } from './resource.ts';

/** Of the chart of accounts, by number: name, and whether what is booked on it is rent. */
const chart: readonly (readonly [number: number, name: string, accountTypeID: number, isRent?: true])[] = [
  [1000, 'Operating Bank', 1],
  [1100, 'Deposit Bank', 1],
  [1200, 'Accounts Receivable', 1],
  [2000, 'Accounts Payable', 2],
  [2100, 'Security Deposits Held', 2],
  [2200, 'Prepaid Rent', 2],
  [3000, 'Owner Contributions', 3],
  [3100, 'Owner Distributions', 3],
  [4000, 'Rent Income', 4, true],
  [4010, 'Rent, Subsidised', 4, true],
  [4020, 'Month-to-Month Premium', 4],
  [4100, 'Pet Rent', 4],
  [4110, 'Parking', 4],
  [4120, 'Storage', 4],
  [4200, 'Utility Reimbursement', 4],
  [4300, 'Late Fees', 4],
  [4310, 'Application Fees', 4],
  [4400, 'Resident Benefits Package', 4],
  [5000, 'Repairs', 5],
  [5010, 'Cleaning', 5],
  [5020, 'Landscaping', 5],
  [5100, 'Management Fees', 5],
  [5110, 'Leasing Fees', 5],
  [5200, 'Insurance', 5],
  [5210, 'Property Taxes', 5],
  [5300, 'Water and Sewer', 5],
];

const idOfNumber = (number: number): number => chart.findIndex(([known]) => known === number) + 1;

/** Ids of accounts that other resources book on. */
export const accountIDs = {
  receivable: idOfNumber(1200),
  payable: idOfNumber(2000),
  rent: idOfNumber(4000),
  subsidisedRent: idOfNumber(4010),
  petRent: idOfNumber(4100),
  parking: idOfNumber(4110),
  utilities: idOfNumber(4200),
  repairs: idOfNumber(5000),
} as const;

/** The chart of accounts; the same in every company. Named as the platform does: an account is a company there. */
export const glAccounts: SimulatedResource<'glAccounts'> = {
  name: 'glAccounts',
  rowKey: 'account',
  idKey: 'accountID',
  objectTypeID: 1,
  listPath: '/accounting/accounts',
  onePath: '/accounting/accounts/{accountID}',
  count: { always: chart.length },
  dates: 'none',
  make(_, index) {
    const [number = 0, name = '', accountTypeID = 5, isRent = false] = chart[index % chart.length] ?? [];
    return {
      accountID: index + 1,
      number: String(number),
      name,
      accountTypeID,
      isRent,
      isActive: number !== 4120,
      isEscrow: number === 2100,
    };
  },
  siblings: { accountCategory: (account) => ({ name: categories[Number(account.accountTypeID) - 1] ?? 'Other' }) },
  filters: { isActive: flag('isActive') },
  example: { name: 'Renamed' },
};

const categories = ['Assets', 'Liabilities', 'Equity', 'Income', 'Expenses'];
