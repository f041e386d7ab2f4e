import type { ListedAccount } from '../../../shared/account/list-accounts.ts';
import { ConfigurationError } from '../../../shared/errors.ts';
import type { Check, Finding } from './check.ts';
import { warn } from './check.ts';
import type { DoctorContext } from './context.ts';
import type { RentvineProbe } from './rentvine-probe.ts';

/** A check of each account by itself; the account is named where there are several. */
export function perAccount(
  name: string,
  run: (account: ListedAccount, context: DoctorContext) => Promise<Finding | readonly Finding[]>,
): Check {
  return {
    name,
    async run(context) {
      const accounts = await context.accounts();
      const findings: Finding[] = [];
      for (const account of accounts) {
        const found = [await run(account, context)].flat();
        findings.push(...(accounts.length > 1 ? found.map((each) => withAccount(account.name, each)) : found));
      }
      return findings;
    },
  };
}

const withAccount = (account: string, finding: Finding): Finding => ({
  ...finding,
  subject: finding.subject === undefined ? account : `${account} ${finding.subject}`,
});

/** The same of what calls Rentvine. An account without a usable secret has a finding of its own already. */
export function perProbe(
  name: string,
  run: (probe: RentvineProbe, context: DoctorContext) => Promise<Finding | readonly Finding[]>,
): Check {
  return perAccount(name, async (account, context) => {
    let probe: RentvineProbe;
    try {
      probe = await context.rentvine(account.name);
    } catch (error) {
      if (error instanceof ConfigurationError) return warn('not looked at, because the secret is wrong');
      throw error;
    }
    return run(probe, context);
  });
}
