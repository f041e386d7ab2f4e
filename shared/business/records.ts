import * as z from 'zod';

/**
 * The fields of records that the figures are made of. Any may be missing, and what does not fit counts as missing: one odd
 * record must not cost an account its figures.
 */
const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const cents = z.int().optional().catch(undefined);

export const propertySchema = z.object({ propertyId: text, portfolioId: text, isActive: flag });

export const unitSchema = z.object({ unitId: text, propertyId: text, isActive: flag, rentCents: cents });

export const leaseSchema = z.object({
  leaseId: text,
  unitId: text,
  primaryLeaseStatusId: text,
  startDate: text,
  endDate: text,
  moveOutDate: text,
  balances: z.object({ pastDueTotalAmountCents: cents }).optional().catch(undefined),
});

export const glAccountSchema = z.object({ accountId: text, isRent: flag });

export const recurringChargeSchema = z.object({
  leaseId: text,
  accountId: text,
  chargeAccountId: text,
  /** The account of the ledger that stood beside the charge, if one did. */
  account: z.object({ accountId: text, isRent: flag }).optional().catch(undefined),
  amountCents: cents,
  startDate: text,
  endDate: text,
  isActive: flag,
});

export const workOrderSchema = z.object({ primaryWorkOrderStatusId: text, priorityId: text });

export const transactionSchema = z.object({
  transactionTypeId: text,
  amountCents: cents,
  datePosted: text,
  isVoided: flag,
});

export type PropertyRecord = z.output<typeof propertySchema>;
export type UnitRecord = z.output<typeof unitSchema>;
export type LeaseRecord = z.output<typeof leaseSchema>;
export type GlAccountRecord = z.output<typeof glAccountSchema>;
export type RecurringChargeRecord = z.output<typeof recurringChargeSchema>;
export type WorkOrderRecord = z.output<typeof workOrderSchema>;
export type TransactionRecord = z.output<typeof transactionSchema>;
