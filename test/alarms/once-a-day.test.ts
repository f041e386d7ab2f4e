import { expect, it } from 'vitest';
import { sync } from '../../infra/faults/stack-driver.ts';
import { eventually } from '../integration/eventually.ts';
import { pages, startAlarmStack, stateOf } from './alarm-stack.ts';

const hourMs = 3_600_000;

it('whatever changes in the fields of an account within a day rings once', async () => {
  await using stack = await startAlarmStack();
  const { context } = stack;
  const { simulator, clock, account } = context;
  const rang = async () => (await pages(stack)).filter((page) => page.endsWith(': schema-changed')).length;
  const gain = async (resource: 'vendors' | 'owners' | 'users', field: string) => {
    const told = stack.harness.schemaEvents.length;
    simulator.faults.add({ kind: 'changedFields', gained: { [field]: true }, resource, account });
    await sync(context, resource, 'full');
    await eventually('the event', () => (stack.harness.schemaEvents.length > told ? true : undefined));
    await stack.harness.stack.idle();
  };
  for (const name of ['vendors', 'owners', 'users'] as const) {
    const world = simulator.world(account);
    while (world.size(name) < 3) world.create(name, { name: 'Somebody', isActive: true });
    await sync(context, name, 'full');
  }
  await gain('vendors', 'isPreferred');
  await eventually('its page', async () => ((await rang()) === 1 ? true : undefined));
  await clock.advance(5 * hourMs);
  await gain('vendors', 'isResponsible');
  await clock.advance(10 * hourMs);
  await gain('owners', 'isPrimary');
  expect(await rang()).toBe(1);
  expect(await stateOf(stack, 'schema-changed')).toBe('ALARM');
  await clock.advance(26 * hourMs);
  expect(await stateOf(stack, 'schema-changed')).toBe('OK');
  await gain('users', 'isPrimary');
  await eventually('another page', async () => ((await rang()) === 2 ? true : undefined));
});
