import { ConfigurationError } from '../../../../shared/errors.ts';
import { type Check, fail, ok } from '../check.ts';

/** Whether the working copy's configuration is right: page size, limits and schedules are taken from it. */
export const configuration: Check = {
  name: 'configuration',
  isEssential: true,
  async run({ settings }) {
    try {
      settings();
      return ok('cdk.json is right');
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return fail(error.message, 'Correct the key in cdk.json; README, "On AWS", lists all of them.');
    }
  },
};
