import { describe, expect, it } from 'vitest';
import { readStartOptions } from './start-options.ts';

describe('--fault', () => {
  it('takes the name of an alarm, and names them all for any other', () => {
    expect(readStartOptions(['--fault', 'rentvine-api-down']).fault).toBe('rentvine-api-down');
    expect(() => readStartOptions(['--fault', 'rain'])).toThrow(/must be one of .*stale-resource/);
  });

  it('is refused where there is no console to see it on', () => {
    expect(() => readStartOptions(['--fault', 'vacancy', '--once'])).toThrow(/--once/);
  });
});
