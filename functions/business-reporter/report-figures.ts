import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { findAccounts } from '../../shared/account/list-accounts.ts';
import type { BusinessFigures } from '../../shared/business/figures.ts';
import { logger } from '../../shared/observability/logger.ts';
import { readDirectory } from '../../shared/store/account-directory.ts';
import { latestFigures, saveFigures } from '../../shared/store/business-figures.ts';
import { savePlaceFigures } from '../../shared/store/place-figures.ts';
import { type MeasuredTables, measureAccount } from './measure-account.ts';
import { recordFigures, recordHighestVacancy } from './record-figures.ts';

export interface ReporterDependencies extends MeasuredTables {
  readonly secrets: SecretsManagerClient;
  /** Accounts are the secrets below this prefix. */
  readonly secretPrefix: string;
  /** Whether there is time for one more account. */
  readonly mayBegin: () => boolean;
}

/**
 * Measures every account that is not paused, keeps its figures and records them. An account that cannot be measured costs no other its figures.
 * The same tick again goes on where the first attempt ended: what it has measured is recorded again, not computed again.
 *
 * @param now the time that the figures are about: when the tick was due
 * @throws Error when an account was not measured, so that Lambda tries again
 */
export async function reportFigures(now: Date, dependencies: ReporterDependencies): Promise<void> {
  const { secrets, secretPrefix, mayBegin } = dependencies;
  const reported: BusinessFigures[] = [];
  const left: string[] = [];
  const directory = await readDirectory(dependencies.state);
  const paused = new Set(directory.filter(({ state }) => state === 'paused').map(({ name }) => name));
  const names = directory.map(({ name }) => name);
  for (const { name: account } of await findAccounts(secrets, secretPrefix, names)) {
    if (paused.has(account)) continue;
    try {
      const figures = await figuresAt(now, account, dependencies, mayBegin);
      if (figures === 'later') left.push(account);
      if (figures === undefined || figures === 'later') continue;
      recordFigures(account, figures);
      reported.push(figures);
    } catch (error) {
      logger.error('The business figures of an account could not be computed.', { account, error });
      left.push(account);
    }
  }
  recordHighestVacancy(reported);
  logger.info('Computed business figures.', { accounts: reported.length, left: left.length });
  if (left.length > 0) throw new Error(`The business figures of ${left.length} accounts are still to be computed.`);
}

async function figuresAt(
  now: Date,
  account: string,
  tables: MeasuredTables,
  mayBegin: () => boolean,
): Promise<BusinessFigures | 'later' | undefined> {
  const latest = await latestFigures(tables.state, account);
  if (latest?.measuredAt === now.toISOString()) return latest;
  if (!mayBegin()) return 'later';
  const measured = await measureAccount(account, now, tables);
  if (measured === undefined) {
    logger.info('An account has no business figures before its first full sync.', { account });
    return undefined;
  }
  const { figures, byProperty, byPortfolio } = measured;
  const of = { account, measuredAt: figures.measuredAt };
  await savePlaceFigures(tables.state, { ...of, kind: 'property' }, byProperty);
  await savePlaceFigures(tables.state, { ...of, kind: 'portfolio' }, byPortfolio);
  // Last: the same tick again takes what is saved here for all of it.
  await saveFigures(tables.state, account, figures);
  tellWhatIsUnclear(account, figures);
  return figures;
}

/** What a figure leaves out because the data do not say what it is. */
function tellWhatIsUnclear(account: string, { occupancy, collected }: BusinessFigures): void {
  const { unclearCharges = 0 } = occupancy ?? {};
  const { unclearReturns = 0 } = collected ?? {};
  if (unclearCharges + unclearReturns === 0) return;
  logger.warn('Business figures leave out what the data do not explain.', { account, unclearCharges, unclearReturns });
}
