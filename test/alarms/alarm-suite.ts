import { describe, expect, it } from 'vitest';
import { alarmCatalogue } from '../../infra/alarms/catalogue.ts';
import { platformNames } from '../../infra/alarms/platform-names.ts';
import type { AlarmFault } from '../../infra/faults/fault.ts';
import { readSettings } from '../../infra/settings.ts';
import { eventually } from '../integration/eventually.ts';
import { pages, startAlarmStack, stateOf } from './alarm-stack.ts';

export const catalogue = alarmCatalogue(
  platformNames(
    readSettings(() => undefined),
    'api',
  ),
);

/** How long an answer took is measured in real time, which nobody can turn. */
const inRealTime = ['rentvine-latency', 'api-latency'];

/** Declares two tests for the alarm of each fault: through the running stack, at both sides of its threshold. */
export function describeAlarms(faults: readonly AlarmFault[]): void {
  describe.each(faults)('the alarm $name', (fault) => {
    const definition = catalogue.find(({ name }) => name === fault.name);
    const pagedAs = (definition?.kind === 'metric' ? definition.via : undefined) ?? fault.name;

    const options = { tags: inRealTime.includes(fault.name) ? ['long'] : [] };

    it('stays quiet just below its threshold', options, async () => {
      await using stack = await startAlarmStack();
      await fault.justBelow(stack.context);
      expect(await stateOf(stack, fault.name)).toBe('OK');
      expect(await stateOf(stack, pagedAs)).toBe('OK');
    });

    it(`rings on its topic: ${fault.summary}`, options, async () => {
      await using stack = await startAlarmStack();
      await fault.cause(stack.context);
      const page = `aictive-dev-${definition?.severity}: ${pagedAs}`;
      await eventually('its page', async () => ((await pages(stack)).includes(page) ? true : undefined));
      expect(await stateOf(stack, fault.name)).toBe('ALARM');
      // What another alarm pages for does not page as well.
      if (pagedAs !== fault.name) expect((await pages(stack)).join()).not.toContain(`: ${fault.name}`);
    });
  });
}
