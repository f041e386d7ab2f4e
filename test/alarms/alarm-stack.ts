import type { FaultContext } from '../../infra/faults/fault.ts';
import { type Harness, startHarness } from '../integration/harness.ts';

const signingKey = 'test-signing-key-of-an-alarm';

export interface AlarmStack extends AsyncDisposable {
  readonly context: FaultContext;
  readonly harness: Harness;
}

/** The whole assembly, alarms included, on a clock that only the test turns, with one simulated account. */
export async function startAlarmStack(): Promise<AlarmStack> {
  const harness = await startHarness({
    concurrency: 6,
    // Slow answers are what some of the faults are about.
    settings: { pageSize: 250, requestTimeoutSeconds: 30, maxInFlight: 12 },
  });
  const company = await harness.company();
  await company.putSecret({ webhook: { dialects: ['body'], signingKeys: [signingKey] } });
  const { stack, platform, clock } = harness;
  const context: FaultContext = {
    stack,
    platform,
    clock,
    simulator: company.simulator,
    account: company.account,
    signingKey,
    intercept: harness.intercept,
  };
  return { context, harness, [Symbol.asyncDispose]: () => harness.stop() };
}

/** What rang until now, evaluated now: `aictive-dev-critical: rentvine-api-down`. */
export async function pages({ harness: { stack } }: AlarmStack): Promise<string[]> {
  await stack.evaluateAlarms();
  return stack
    .notifications()
    .filter(({ state }) => state === 'ALARM')
    .map(({ topic, alarmName }) => `${topic}: ${alarmName.replace('aictive-dev-', '')}`);
}

/** The state of an alarm, evaluated now. */
export async function stateOf({ harness: { stack } }: AlarmStack, name: string): Promise<string | undefined> {
  await stack.evaluateAlarms();
  return stack.alarms().find((alarm) => alarm.name === `aictive-dev-${name}`)?.state;
}
