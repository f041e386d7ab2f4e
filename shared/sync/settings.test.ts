import { describe, expect, it } from 'vitest';
import { syncSettingsSchema } from './settings.ts';

describe('sync settings', () => {
  it('have polite defaults', () => {
    expect(syncSettingsSchema.parse({})).toEqual({
      pageSize: 250,
      requestsPerSecond: 10,
      burst: 20,
      maxInFlight: 4,
      requestTimeoutSeconds: 30,
      overlapMinutes: 10,
      sliceSeconds: 240,
      deletionGuard: { percent: 5, atLeast: 10 },
    });
  });

  it.each([{ sliceSeconds: 241 }, { pageSize: 0 }, { deletionGuard: { percent: 101 } }, { pagesize: 100 }])(
    'refuse %j',
    (settings) => {
      expect(syncSettingsSchema.safeParse(settings).success).toBe(false);
    },
  );
});
