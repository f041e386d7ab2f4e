import type { AlarmFault, FaultContext } from '../faults/fault.ts';
import { workDone } from '../faults/stack-driver.ts';
import type { SimulatedAccount } from './simulated-account.ts';

export interface FaultOptions extends Pick<FaultContext, 'stack' | 'platform' | 'clock' | 'intercept'> {
  readonly simulated: SimulatedAccount;
  readonly tell: (line: string) => void;
}

/** Makes one alarm ring through the running stack, and tells what it does and what rings then. */
export async function causeFault(fault: AlarmFault, options: FaultOptions): Promise<void> {
  const { stack, clock, simulated, tell } = options;
  const { name: account, simulator, signingKey } = simulated;
  tell(`\nCausing ${fault.name}: ${fault.summary}`);
  // What is under way when the clock is turned would have waited for as long.
  await workDone(stack);
  const before = clock.now().getTime() - Date.now();
  await fault.cause({ ...options, simulator, account, signingKey });
  await stack.evaluateAlarms();
  const turnedMinutes = Math.round((clock.now().getTime() - Date.now() - before) / 60_000);
  if (turnedMinutes > 0) tell(`For that the clock was turned forward by ${turnedMinutes} minutes.`);
  const ringing = stack.alarms().filter(({ state }) => state === 'ALARM');
  tell(
    ringing.length === 0
      ? 'No alarm is ringing.'
      : `Ringing now: ${ringing.map(({ name }) => name).join(', ')}. The console says what to do.`,
  );
}
