import { test } from 'vitest';
import type { CompanyOptions } from './integration/company.ts';
import { type HarnessOptions, startHarness } from './integration/harness.ts';
import { webhooksOf } from './webhooks/webhook-harness.ts';

const withStack = (options: HarnessOptions) =>
  test
    .extend('options', { scope: 'file' }, options)
    .extend('harness', { scope: 'file' }, async ({ options }, { onCleanup }) => {
      const harness = await startHarness(options);
      onCleanup(() => harness.stop());
      return harness;
    });

/**
 * Tests of the running stack. The tests of a file share the `harness`; each that asks for `company` gets an account of its own,
 * and one that asks for `webhooks` an account that takes them.
 *
 * @example
 * const it = onStack({ settings: { requestTimeoutSeconds: 1 } });
 * it('stores every lease', async ({ company }) => …);
 */
export const onStack = (options: HarnessOptions = {}) =>
  withStack(options)
    .extend('company', ({ harness }) => harness.company())
    .extend('webhooks', async ({ company }) => {
      const client = webhooksOf(company);
      await client.enable();
      return client;
    });

/** Tests of one account of the running stack, each on what those before it left. */
export const onCompany = (options: HarnessOptions = {}, company: CompanyOptions = {}) =>
  withStack(options)
    .extend('companyOptions', { scope: 'file' }, company)
    .extend('company', { scope: 'file' }, ({ harness, companyOptions }) => harness.company(companyOptions));
