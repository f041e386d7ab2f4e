import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { type ListedAccount, listAccounts } from '../../../shared/account/list-accounts.ts';
import type { AccountHealth } from '../../../shared/health/account-health.ts';
import { readAccountHealth } from '../../../shared/health/account-health.ts';
import { cdkJsonContext } from '../../cdk-context.ts';
import { resourceSchedules } from '../../resource-schedules.ts';
import { readSettings, type Settings } from '../../settings.ts';
import type { Platform } from '../connect.ts';
import { type RentvineProbe, rentvineProbe } from './rentvine-probe.ts';

/** What checks look at, and what they have seen already, so that nothing is asked for twice. */
export interface DoctorContext {
  readonly platform: Platform;
  readonly cloudwatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly scheduler: SchedulerClient;
  readonly sns: SNSClient;
  readonly now: () => Date;
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

export interface DoctorOptions {
  /** Only this account. */
  readonly account?: string | undefined;
  readonly now?: () => Date;
}

export function doctorContext(platform: Platform, { account, now = () => new Date() }: DoctorOptions): DoctorContext {
  const config = platform.clientConfig;
  const settings = once(() => {
    const context: Record<string, unknown> = { ...cdkJsonContext(), stage: platform.stage };
    return readSettings((key) => context[key]);
  });
  return {
    platform,
    cloudwatch: new CloudWatchClient(config),
    dynamodb: new DynamoDBClient(config),
    scheduler: new SchedulerClient(config),
    sns: new SNSClient(config),
    now,
    settings,
    accounts: once(async () => {
      const all = await listAccounts(platform.secrets, platform.secretPrefix);
      return all.filter(({ name }) => account === undefined || name === account);
    }),
    rentvine: oncePer(
      (name: string) => name,
      async (name) => rentvineProbe(await platform.readAccount(name), platform.state, settings().sync),
    ),
    health: oncePer(
      ({ name }: ListedAccount) => name,
      async (listed) =>
        readAccountHealth(platform.state, listed, { schedules: resourceSchedules(settings()), now: now() }),
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
