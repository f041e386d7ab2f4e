import { isoDate } from '../generator/dates.ts';
import { centsOf, dollars, numberAt, textAt } from '../generator/wire-object.ts';
import { leaseTransaction, transactionTypes } from '../resources/transactions.ts';
import { type Answer, jsonAnswer, notFound } from '../server/answer.ts';
import { InvalidRequest } from '../server/field-errors.ts';
import { type Endpoint, type EndpointCall, fieldsOf } from './endpoint.ts';

/** Books something on a lease's ledger. Nothing is de-duplicated: the same body twice is booked twice. */
function book(call: EndpointCall, transactionTypeID: number): Answer {
  const { world } = call.account;
  const leaseID = Number(call.parameters.leaseID);
  if (world.get('leases', leaseID) === undefined) return notFound();
  const fields = fieldsOf(call.body);
  const cents = centsOf(fields.amount);
  if (!Number.isFinite(cents) || cents <= 0) throw new InvalidRequest('amount', 'Amount is required');
  const isCharge = transactionTypeID === transactionTypes.leaseCharge;
  if (isCharge && fields.chargeAccountID === undefined) {
    throw new InvalidRequest('chargeAccountID', 'Account is required');
  }
  const made = world.create(
    'transactions',
    leaseTransaction(world, leaseID, {
      transactionTypeID,
      amount: dollars(cents),
      description: textAt(fields, 'description') || (isCharge ? 'Charge' : 'Payment'),
      datePosted: textAt(fields, 'datePosted') || isoDate(world.clock()),
      reference: null,
    }),
  );
  const transactionID = numberAt(made, 'transactionID') ?? 0;
  if (isCharge) {
    world.setUnpaidCharges(leaseID, [
      ...world.unpaidCharges(leaseID),
      {
        chargeID: transactionID,
        description: made.description ?? '',
        amount: dollars(cents),
        unpaidAmount: dollars(cents),
        dueDate: made.datePosted ?? null,
        isOverdue: false,
      },
    ]);
  }
  return jsonAnswer(200, { transaction: JSON.parse(call.account.speller.json(made)) });
}

const charge = (call: EndpointCall): Answer => book(call, transactionTypes.leaseCharge);

export const leaseMoney: readonly Endpoint[] = [
  { method: 'POST', path: '/accounting/leases/{leaseID}/charges', answer: charge },
  { method: 'POST', path: '/leases/{leaseID}/charges', answer: charge },
  {
    method: 'POST',
    path: '/accounting/leases/{leaseID}/payments',
    answer: (call) => book(call, transactionTypes.leasePayment),
  },
];
