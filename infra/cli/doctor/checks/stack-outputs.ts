import { ConfigurationError } from '../../../../shared/errors.ts';
import { coreOf } from '../../core-tables.ts';
import { type Check, fail, ok } from '../check.ts';

/** Whether the core stack is deployed, with everything that commands and people find by its outputs. */
export const stackOutputs: Check = {
  name: 'stack',
  async run({ platform }) {
    const name = `${platform.prefix}-core`;
    const outputs = await platform.outputs();
    try {
      coreOf(outputs, platform.clientConfig);
      return ok(`${name} has its ${Object.keys(outputs).length} outputs`);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return fail(`${name} has not all of its outputs`, `Deploy it: npm run deploy -- -c stage=${platform.stage}.`);
    }
  },
};
