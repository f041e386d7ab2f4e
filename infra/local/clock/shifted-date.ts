/**
 * Lets `Date` of this thread tell the runner's clock: the machine's time, and what the clock was turned forward by.
 *
 * @param aheadMs one number, shared with the runner
 */
export function shiftDate(aheadMs: BigInt64Array): void {
  const MachineDate = Date;
  const now = (): number => MachineDate.now() + Number(Atomics.load(aheadMs, 0));
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new MachineDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
}
