import { expect, it } from 'vitest';
import { allFaults } from '../../infra/faults/all-faults.ts';
import { passMinutes, postWebhook, sync } from '../../infra/faults/stack-driver.ts';
import { resources } from '../../shared/rentvine/resources/catalogue.ts';
import { pages, startAlarmStack } from './alarm-stack.ts';
import { catalogue } from './alarm-suite.ts';

it('there is a fault for every alarm', () => {
  expect(allFaults.map(({ name }) => name).sort()).toEqual(catalogue.map(({ name }) => name).sort());
});

it('an outage of Rentvine that fails every sync and keeps every webhook waiting is one page', async () => {
  await using stack = await startAlarmStack();
  const { context } = stack;
  // Somebody has to watch, or that rings first.
  await passMinutes(context, 1);
  for (const { name } of resources) await sync(context, name, 'full');
  context.simulator.faults.down(true);
  await Promise.all(resources.map(({ name }) => sync(context, name, 'incremental')));
  await Promise.all(Array.from({ length: 8 }, () => postWebhook(context)));
  await passMinutes(context, 15);
  const rang = (await pages(stack)).filter((page) => !page.endsWith('monitoring-blind'));
  expect(rang).toEqual(['aictive-dev-critical: rentvine-api-down']);
});
