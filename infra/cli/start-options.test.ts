import { describe, expect, it } from 'vitest';
import { readStartOptions } from './start-options.ts';

describe('--fault', () => {
  it('takes the name of an alarm, and names them all for any other', async () => {
    expect((await readStartOptions(['--fault', 'rentvine-api-down'])).fault).toBe('rentvine-api-down');
    await expect(readStartOptions(['--fault', 'rain'])).rejects.toThrow(/must be one of .*stale-resource/);
  });

  it('is refused where there is no console to see it on', async () => {
    await expect(readStartOptions(['--fault', 'vacancy', '--once'])).rejects.toThrow(/--once/);
  });
});
