import { type Check, fail, ok } from '../check.ts';

/** What people and programs find by the core stack's outputs. */
const expected = ['RecordsTableName', 'StateTableName', 'EventBusName', 'SecretPrefix', 'ApiUrl', 'WebhookUrl'];

/** Whether the core stack is deployed, all of it. */
export const stackOutputs: Check = {
  name: 'stack',
  async run({ platform }) {
    const name = platform.nameOf('core');
    const outputs = await platform.outputs();
    const missing = expected.filter((output) => !outputs[output]);
    if (missing.length === 0) return ok(`${name} has its ${Object.keys(outputs).length} outputs`);
    return fail(
      `${name} has no output ${missing.join(', ')}`,
      `Deploy it: npm run deploy -- -c stage=${platform.stage}.`,
    );
  },
};
