import type { ListedAccount } from '../../../shared/account/list-accounts.ts';
import { type AccountHealth, readAccountHealth } from '../../../shared/health/account-health.ts';
import { stageSettings } from '../../cdk-context.ts';
import type { Platform } from '../../platform/platform.ts';
import { resourceSchedules } from '../../resource-schedules.ts';
import type { Settings } from '../../settings.ts';
import { type RentvineProbe, rentvineProbe } from './rentvine-probe.ts';

/** What checks look at, and what they have seen already, so that nothing is asked for twice. */
export interface DoctorContext {
  readonly platform: Platform;
  /**
   * The app's configuration as this working copy has it, for the stage.
   *
   * @throws ConfigurationError naming each wrong key
   */
  settings(): Settings;
  /** The accounts that have a secret, or the one that was asked for. */
  accounts(): Promise<readonly ListedAccount[]>;
  /** Calls of one account. @throws ConfigurationError when its secret is missing or wrong */
  rentvine(account: string): Promise<RentvineProbe>;
  /** What is stored about how well an account is kept. */
  health(account: ListedAccount): Promise<AccountHealth>;
}

/** @param account looks at this one only */
export function doctorContext(platform: Platform, account?: string): DoctorContext {
  const settings = once(() => stageSettings(platform.stage));
  return {
    platform,
    settings,
    accounts: once(async () => {
      if (account === undefined) return platform.accounts();
      const found = await platform.findAccount(account);
      return found === undefined ? [] : [found];
    }),
    rentvine: oncePer(
      (name: string) => name,
      async (name) => rentvineProbe(await platform.readAccount(name), platform, settings().sync),
    ),
    health: oncePer(
      ({ name }: ListedAccount) => name,
      async (listed) =>
        readAccountHealth(platform.state, listed, { schedules: resourceSchedules(settings()), now: platform.now() }),
    ),
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function oncePer<Subject, Value>(keyOf: (subject: Subject) => string, make: (subject: Subject) => Value) {
  const made = new Map<string, () => Value>();
  return (subject: Subject): Value => {
    const key = keyOf(subject);
    const get = made.get(key) ?? once(() => make(subject));
    made.set(key, get);
    return get();
  };
}
