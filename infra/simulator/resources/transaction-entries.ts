import { numberAt } from '../generator/wire-object.ts';
import { amounts, days, oneOf } from './filters.ts';
import { accountIDs } from './gl-accounts.ts';
import { ledgers } from './ledgers.ts';
import { portfolios } from './portfolios.ts';
import { properties } from './properties.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';
import { transactions } from './transactions.ts';
import { units } from './units.ts';

/** The two sides of every transaction that a company begins with: debit and credit. */
export const transactionEntries: SimulatedResource<'transactionEntries'> = {
  name: 'transactionEntries',
  rowKey: 'transactionEntry',
  idKey: 'transactionEntryID',
  objectTypeID: 10,
  listPath: '/accounting/transactions/entries/search',
  count: (of) => 2 * of(transactions),
  dates: 'none',
  make(plan, index, count) {
    const transaction = transactions.make(plan, Math.floor(index / 2), count / 2);
    const isDebit = index % 2 === 0;
    const { receivable, rent } = accountIDs;
    return {
      transactionEntryID: index + 1,
      transactionID: numberAt(transaction, 'transactionID') ?? null,
      accountID: isDebit ? receivable : rent,
      ledgerID: transaction.primaryLedgerID ?? null,
      propertyID: transaction.propertyID ?? null,
      unitID: transaction.unitID ?? null,
      leaseID: transaction.leaseID ?? null,
      debit: isDebit ? (transaction.amount ?? null) : '0.00',
      credit: isDebit ? '0.00' : (transaction.amount ?? null),
      amount: transaction.amount ?? null,
      datePosted: transaction.datePosted ?? null,
    };
  },
  siblings: {
    ledger: named(ledgers),
    portfolio: (own, company) =>
      company.find(portfolios, numberAt(company.find(properties, numberAt(own, 'propertyID')), 'portfolioID')),
    primaryLedger: named(ledgers),
    property: named(properties),
    transaction: named(transactions),
    unit: named(units),
  },
  filters: {
    ...days('datePosted', 'datePostedMin', 'datePostedMax'),
    ...amounts,
    'propertyIDs[]': oneOf('propertyID'),
    'accountIDs[]': oneOf('accountID'),
  },
  example: { accountID: accountIDs.parking },
};
